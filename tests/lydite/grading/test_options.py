"""Each option is declared once: the command line, pytest, requests, reports and a batch's key follow from that."""

from __future__ import annotations

from dataclasses import fields, replace
from pathlib import Path

import pytest

from lydite import plugin, suite
from lydite.commands.cli import cli
from lydite.grading.batch import SUBMITTED, Batch
from lydite.grading.grade import Limits
from lydite.grading.request import Request, Settings
from lydite.options import OPTIONS
from lydite.target.name import names

ROOT = Path(__file__).parents[3]
GIVEN = [of.name for of in fields(Settings)]
"""The options of which the settings of a run are made."""
CHANGING = [name for name, option in OPTIONS.items() if option.changes_report]


@pytest.fixture(autouse=True)
def _in_the_root(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the examples are valid."""
    monkeypatch.chdir(ROOT)


@pytest.fixture
def parser() -> pytest.Parser:
    """Pytest's, with nothing but the options of the plugin."""
    parser = pytest.Parser(_ispytest=True)
    plugin.pytest_addoption(parser)
    return parser


def example(name: str) -> Settings:
    """Settings in which one option is not as usual."""
    return Settings.read(**{name: OPTIONS[name].example})


def travelled(request: Request) -> Request:
    """Returns what the grading process gets: an adapter by its file; what is expected is judged by the caller."""
    adapter = request.adapter and replace(request.adapter, path=request.adapter.path.absolute())
    return replace(request, expectation=None, adapter=adapter)


def key(name: str) -> str:
    """The key of a batch in which the option `name` is not as usual."""
    timeout = 1.0 if name == "timeout" else Limits().timeout
    return Batch(Path("out"), example(name) if name in GIVEN else Settings(), timeout)._key((), "")


def test_the_command_line_takes_every_option_that_has_a_help() -> None:
    taken = {option: parameter for parameter in cli.commands["grade"].params for option in parameter.opts}
    assert {f"--{option.name}" for option in OPTIONS.values() if option.help} | {suite.OPTION} == {
        o for o in taken if o[:2] == "--"
    }


@pytest.mark.parametrize("name", GIVEN)
def test_a_setting_can_be_given_to_the_command_line_and_to_pytest(name: str) -> None:
    assert OPTIONS[name].help
    assert OPTIONS[name].pytest


@pytest.mark.parametrize("name", [n for n in GIVEN if OPTIONS[n].default == OPTIONS[n].pytest_default])
def test_both_offer_the_same_default(name: str, parser: pytest.Parser) -> None:
    [parameter] = [p for p in cli.commands["grade"].params if f"--{OPTIONS[name].name}" in p.opts]
    offered = getattr(parser.parse_known_args([]), f"lydite_{name}")
    assert (parameter.default or "") == offered


def test_the_defaults_differ_in_isolation_alone() -> None:
    """The command line runs what is submitted, the plugin one's own code."""
    assert [n for n in GIVEN if OPTIONS[n].default != OPTIONS[n].pytest_default] == ["isolation"]


@pytest.mark.parametrize("name", GIVEN)
def test_the_default_is_that_of_the_settings(name: str) -> None:
    assert Settings.read(**{name: OPTIONS[name].pytest_default}) == Settings()
    assert example(name) != Settings()


@pytest.mark.parametrize("name", GIVEN)
def test_a_setting_changes_the_report(name: str) -> None:
    assert OPTIONS[name].changes_report


@pytest.mark.parametrize("name", CHANGING)
def test_what_changes_a_report_is_part_of_the_key_of_a_batch(name: str) -> None:
    assert key(name) != Batch(Path("out"), Settings(), Limits().timeout)._key((), "")


def test_the_key_of_a_batch_tells_its_options_apart() -> None:
    assert len({key(name) for name in CHANGING}) == len(CHANGING)


@pytest.mark.parametrize("name", GIVEN)
def test_a_request_survives_the_way_to_the_process_that_grades(name: str, parser: pytest.Parser) -> None:
    settings = example(name)
    called = next(iter(settings.expect or names([SUBMITTED])))
    request = settings.of(SUBMITTED, called)
    given = parser.parse_known_args(request.options())
    arrived = Settings.read(**{of: getattr(given, f"lydite_{of}") for of in GIVEN}).of(SUBMITTED, called)
    assert travelled(arrived) == travelled(request)


@pytest.mark.parametrize("name", [name for name, option in OPTIONS.items() if option.noted])
def test_what_a_report_notes_is_a_part_of_the_request(name: str) -> None:
    assert getattr(example(name).of(SUBMITTED, ""), name) != getattr(Request, name)


def test_each_option_has_a_place_of_its_own_in_the_help_of_pytest() -> None:
    places = sorted(option.pytest.place for option in OPTIONS.values() if option.pytest)
    assert places == list(range(1, len(places) + 1))
