"""`pytest --impl`, in projects of every habit; and no effect at all without it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pytest

from lydite.report import model as report
from lydite.report.model import Report
from lydite.report.terminal import render
from lydite.suite import OWN

pytest_plugins = ["pytester"]

import_module("lydite.grading.session")
for path in (OWN / "properties").glob("test_*.py"):
    import_module(f"properties.{path.stem}")  # here, since a run within this process forgets what it has imported

Submit = Callable[..., Path]
Project = pytest.Pytester

RIGHT = """
    def softmax(z):
        e = np.exp(z - z.max())
        return e / e.sum()
"""
WRONG = RIGHT.replace("e.sum()", "e.sum() * (1 + 1e-9)")
OTHERS = ("no:randomly", "no:cacheprovider", "lydite.plugin")
"""Settings of a run in this process."""
EXPECTED = "[[implementation]]\nname = 'losses.py'\n" + "".join(
    f"""
    [[implementation.exception]]
    id = "{claim}"
    regime = ["core", "stability"]
    reason = "it scales"
    link = "https://example.org/1"
    """
    for claim in ("Q7.0.1", "Q3.0.4")
)
SMALL = ("--lydite-only", "Q7.0.1,Q3.0.4", "--lydite-regimes", "core,stability", "--lydite-examples", "2")


@pytest.fixture
def project(pytester: Project, monkeypatch: pytest.MonkeyPatch) -> Project:
    """Somebody's project, with a test of its own."""
    for name in ("PYTEST_ADDOPTS", "PYTEST_DISABLE_PLUGIN_AUTOLOAD"):
        monkeypatch.delenv(name, raising=False)
    pytester.makepyfile(test_of_the_host="def test_host(): raise RuntimeError('the host ran')")
    return pytester


def graded(project: Project, *args: str | Path, text: str = RIGHT) -> tuple[pytest.RunResult, dict[str, Any]]:
    """Grades `text` in this process; the result and the one implementation of its report."""
    project.makepyfile(losses="import numpy as np\n" + text.replace("\n    ", "\n"))
    plugins = [part for name in OTHERS for part in ("-p", name)]
    result = project.runpytest_inprocess(*plugins, "--impl", "losses.py", *SMALL, "--lydite-json=r.json", *args)
    [implementation] = json.loads((project.path / "r.json").read_text("utf-8"))["implementations"]
    return result, implementation


def outcomes(implementation: dict[str, Any]) -> set[str]:
    return {claim["outcome"] for claim in implementation["claims"]}


# -- Verdicts --


def test_what_holds_passes(project: Project) -> None:
    result, implementation = graded(project)
    assert result.ret == 0
    result.stdout.fnmatch_lines(["lydite: grading losses.py, float64, seed 0, *", "*passed*"])
    assert outcomes(implementation) == {"holds"}
    assert implementation["cases"] > 0


def test_what_is_broken_shows_the_input(project: Project) -> None:
    result, implementation = graded(project, text=WRONG)
    assert result.ret == 1
    result.stdout.fnmatch_lines(
        [
            "call *softmax(np.array([[]1., 0.]))*",
            "got *0.7310585793*",
            "due *0.7310585786*off by 7.3e-10*",
            "law * softmax(z)_i = exp(z_i) / sum_j exp(z_j).*",
        ]
    )
    assert "Traceback" not in result.stdout.str()
    assert outcomes(implementation) == {"broken"}


def test_what_raises_is_an_error_and_never_a_skip(project: Project) -> None:
    result, implementation = graded(project, text="import pytest\ndef softmax(z): pytest.skip('too hard')")
    assert result.ret == 1
    assert set(result.parseoutcomes()) == {"failed"}
    assert outcomes(implementation) == {"error"}


def test_a_missing_call_takes_a_line(project: Project) -> None:
    only = ("--lydite-only", "Softmax,q7.a.7")
    result, implementation = graded(project, *only)
    assert result.ret == 1
    assert set(result.parseoutcomes()) == {"passed", "skipped"}
    result.stdout.fnmatch_lines(["missing, Q7: cross_entropy_gradient", "exit 1: write cross_entropy_gradient next"])
    assert outcomes(implementation) == {"holds", "missing"}
    assert implementation["missing"] == {"Q7": ["cross_entropy_gradient"]}


def test_nothing_offered_is_nothing_graded(project: Project) -> None:
    result, implementation = graded(project, text="def unrelated(): pass")
    assert result.ret == 3
    assert outcomes(implementation) == {"missing"}


def test_no_property_selected_is_nothing_graded(project: Project) -> None:
    result, implementation = graded(project, "-k", "no_such_property")
    assert result.ret == 3
    assert outcomes(implementation) == {"not_run"}


def test_an_unloadable_target_stops_the_run_and_says_why(project: Project) -> None:
    result, implementation = graded(project, text="1/0")
    assert result.ret == 1
    result.stdout.fnmatch_lines(["importing losses.py raised ZeroDivisionError: division by zero"])
    assert result.parseoutcomes() == {"failed": 1}
    assert implementation["outcome"] == "unloadable"
    assert outcomes(implementation) == {"error"}


def test_a_fault_of_ours_is_told_as_such(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(*_: Any) -> None:
        raise TypeError("a law compares shapes")

    monkeypatch.setattr(sys.modules["lydite.kit.holds"], "_errors", fails)
    result, implementation = graded(project, "-k", "softmax_is_exact")
    assert result.ret == 4
    result.stdout.fnmatch_lines(["*TypeError: a law compares shapes"])
    assert outcomes(implementation) == {"error"}


def test_properties_that_cannot_be_collected_are_our_fault(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    (project.path / "test_properties.py").write_text("1/0")
    monkeypatch.setattr("lydite.grading.session.PROPERTIES", project.path)
    result, implementation = graded(project)
    assert result.ret == 4
    assert outcomes(implementation) == {"not_run"}


@pytest.mark.parametrize(
    ("option", "told"),
    [
        (("--lydite-only", "Q99"), "--lydite-only: no graded claim is called 'Q99', and no function"),
        (
            ("--lydite-only", "sofmax"),
            "--lydite-only: no graded claim is called 'sofmax', and no function; is softmax meant[?]",
        ),
        (("--lydite-regimes", "cor"), "--lydite-regimes: 'cor' is none of core, *"),
        (("--lydite-precision", "float16"), "--lydite-precision: 'float16' is none of float64, float32"),
        (("--lydite-seed", "-1"), "--lydite-seed: '-1' is not `random` or a whole number*"),
        (("--lydite-examples", "0"), "--lydite-examples: '0' is not a whole number of at least 1"),
        (("--lydite-call-timeout", "soon"), "--lydite-call-timeout: 'soon' is not a number of seconds*"),
    ],
)
def test_a_bad_option_is_named(project: Project, option: tuple[str, str], told: str) -> None:
    asked = ("--impl", "losses.py", *option)
    result = project.runpytest_inprocess("-p", "lydite.plugin", *asked, no_reraise_ctrlc=True)
    assert result.ret == report.USAGE
    result.stderr.fnmatch_lines([f"Exit: {told}"])


# -- Habits of the host --


@pytest.mark.parametrize(
    "ini",
    [
        "addopts = -ra --strict-markers --strict-config -v --tb=long --import-mode=prepend",
        "addopts = --import-mode=importlib --doctest-modules",
        "filterwarnings = error",
        "python_files = check_*.py\npython_functions = check_*\npython_classes = Check*",
        "testpaths = nowhere",
        "xfail_strict = true\nmarkers = claim: of the host",
        "usefixtures = of_the_host",
        "console_output_style = count\nminversion = 8.0",
        "addopts = --maxfail=1 --durations=3 --durations-min=0 -k nothing -m nothing --runxfail",
        "addopts = --an-option-of-a-plugin-that-is-not-there",
    ],
)
def test_settings_of_the_host_do_not_matter(project: Project, ini: str) -> None:
    project.makeini(f"[pytest]\n{ini}")
    project.makeconftest("import pytest\n\n@pytest.fixture\ndef of_the_host():\n    raise RuntimeError")
    result, implementation = graded(project)
    assert result.ret == 0
    assert outcomes(implementation) == {"holds"}


def test_the_conftest_of_the_host_does_not_matter(project: Project) -> None:
    project.makeconftest(
        """
        import warnings

        import pytest

        @pytest.fixture(autouse=True)
        def of_the_host():
            warnings.warn("the host warns")
            yield

        def pytest_collection_modifyitems(items):
            items.reverse()
            for item in items:
                item.add_marker(pytest.mark.filterwarnings("error"))
        """
    )
    result, implementation = graded(project)
    assert result.ret == 0
    assert outcomes(implementation) == {"holds"}


def test_the_settings_of_lydite_may_stand_in_those_of_the_host(project: Project) -> None:
    project.makeini("[pytest]\naddopts = --lydite-precision float32 --lydite-call-timeout=5 -k nothing")
    result, _ = graded(project)
    assert result.ret == 0
    result.stdout.fnmatch_lines(["lydite: grading losses.py, float32, *"])


def test_a_conftest_of_the_host_does_not_skip_what_is_graded(project: Project) -> None:
    project.makeconftest(
        """
        import pytest

        def pytest_runtest_setup(item):
            pytest.skip("slow")

        def pytest_collection_modifyitems(items):
            items.clear()
        """
    )
    result, implementation = graded(project)
    assert result.ret == 0
    assert outcomes(implementation) == {"holds"}


class Shuffled:
    """A plugin that runs what was collected from the last to the first."""

    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        items.reverse()


def test_a_plugin_that_reorders_does_not_matter(project: Project) -> None:
    _, expected = graded(project, text=WRONG)
    arguments = ("--impl", "losses.py", *SMALL, "--lydite-json=r.json")
    done = project.runpytest_inprocess("-p", "lydite.plugin", *arguments, plugins=[Shuffled()])
    [found] = json.loads((project.path / "r.json").read_text("utf-8"))["implementations"]
    assert done.ret == 1
    assert {**found, "seconds": 0} == {**expected, "seconds": 0}


def test_a_run_that_is_to_stop_at_a_failure_says_so(project: Project) -> None:
    result, implementation = graded(project, "-x", "--durations=3", text=WRONG)
    assert result.ret == 1
    assert implementation["outcome"] == "killed"
    assert outcomes(implementation) == {"broken", "not_run"}
    result.stdout.fnmatch_lines(
        [
            "FAULT 1  softmax *",
            "*(stopped at a failure)",
            "exit 1: stopped at a failure (--maxfail), when 1 of *",
        ]
    )


def test_an_ini_file_beside_what_is_graded_is_left_unread_where_the_option_is_one_word(project: Project) -> None:
    """In two words pytest takes the target for a path of its own, before any plugin is there: so the pages say."""
    folder = project.mkdir("hand_ins")
    (folder / "pytest.ini").write_text("[pytest]\naddopts = -p of_nobody\n", "utf-8")
    project.makeini("[pytest]")
    (folder / "losses.py").write_text("import numpy as np\n" + RIGHT.replace("\n    ", "\n"), "utf-8")
    plugins = [part for name in OTHERS for part in ("-p", name)]
    assert project.runpytest_inprocess(*plugins, "--impl=hand_ins/losses.py", *SMALL).ret == 0
    pinned = ("--impl", "hand_ins/losses.py", "-c", "tox.ini")
    assert project.runpytest_inprocess(*plugins, *pinned, *SMALL).ret == 0


def test_paths_are_graded_where_they_are_given(project: Project) -> None:
    """With the settings of the project that they lie in."""
    project.makeini("[pytest]\naddopts = -k test_host")
    project.makeconftest("import pytest\n\n@pytest.fixture\ndef of_the_host():\n    return 1")
    project.makepyfile(test_of_the_host="def test_host(of_the_host): pass\ndef test_not_chosen(): assert False")
    result, _ = graded(project, "test_of_the_host.py")
    assert result.parseoutcomes() == {"passed": 1, "deselected": 1}
    assert result.ret == 3
    result.stdout.fnmatch_lines(["exit 3: no property of Lydite's is in test_of_the_host.py: *"])


@pytest.mark.parametrize("folder", [".", "below"])
def test_a_node_id_that_is_printed_can_be_run(project: Project, folder: str) -> None:
    project.makeini("[pytest]")
    (project.path / folder).mkdir(exist_ok=True)
    os.chdir(project.path / folder)
    target = os.path.relpath(project.path / "losses.py")
    asked = ("--impl", target, f"--lydite-json={project.path / 'r.json'}")
    first, _ = graded(project, *asked, text=WRONG)
    printed = [line.split()[1] for line in first.outlines if line.startswith("FAILED ")]
    assert len(printed) > 1
    again, implementation = graded(project, *asked, printed[0], text=WRONG)
    assert again.parseoutcomes() == {"failed": 1}
    assert again.ret == 1
    assert "broken" in outcomes(implementation)


def test_the_summary_shows_what_the_grader_shows(project: Project) -> None:
    result, _ = graded(project, text=WRONG)
    shown = result.stdout.str().partition("lydite grade losses.py ===")[2]
    whole = Report.load(project.path / "r.json")
    assert "\n".join(render(whole).splitlines()) in shown
    result.stdout.fnmatch_lines(
        [
            "FAULT 1  softmax *losses.py:*",
            "  call *",
            "  got *",
            "  due *",
            "  law *",
            "  looks like *",
            "  again * replay *",
            "exit 1: *",
        ]
    )


def test_xml_of_junit_says_what_is_expected_and_nothing_of_our_own(project: Project) -> None:
    Path("expected.toml").write_text(EXPECTED)
    result, _ = graded(project, "--lydite-expect=expected.toml", "--junitxml=junit.xml", text=WRONG)
    assert result.ret == 0
    suite = ET.parse(project.path / "junit.xml").getroot()[0]
    assert (suite.get("failures"), suite.get("errors")) == ("0", "0")
    assert {skipped.get("type") for skipped in suite.iter("skipped")} == {"pytest.xfail"}
    assert not list(suite.iter("property"))


def test_order_and_processes_do_not_matter(project: Project) -> None:
    """One after another, and shuffled over two processes with the plugins of the host."""
    _, expected = graded(project, text=WRONG)
    command = [sys.executable, "-m", "pytest", "--impl", "losses.py", *SMALL, "--lydite-json=r.json", "-n", "2"]
    done = subprocess.run(command, cwd=project.path, capture_output=True, text=True, check=False)
    assert done.returncode == 1, done.stdout + done.stderr
    [implementation] = json.loads((project.path / "r.json").read_text("utf-8"))["implementations"]
    assert {**implementation, "seconds": 0} == {**expected, "seconds": 0}


def test_a_random_seed_is_one_seed_in_all_processes(project: Project) -> None:
    """Broken only for one size in three: how many cases come before one depends on the seed."""
    sometimes = WRONG.replace("1e-9", "1e-9 * (z.size % 3 == 0)")
    core = ("--lydite-regimes", "core")
    project.makepyfile(losses="import numpy as np\n" + sometimes.replace("\n    ", "\n"))
    command = [sys.executable, "-m", "pytest", "--impl", "losses.py", *SMALL, *core, "--lydite-json=r.json"]
    command += ["-n", "2", "--lydite-seed", "random"]
    done = subprocess.run(command, cwd=project.path, capture_output=True, text=True, check=False)
    assert done.returncode == 1, done.stdout + done.stderr
    whole = json.loads((project.path / "r.json").read_text("utf-8"))
    [drawn] = whole["implementations"]
    again, other = (
        graded(project, *core, "--lydite-seed", str(whole["seed"] + more), text=sometimes)[1] for more in (0, 1)
    )
    assert {**drawn, "seconds": 0} == {**again, "seconds": 0}
    assert found(drawn) != found(other)


def found(implementation: dict[str, Any]) -> list[tuple[int, float]]:
    """How many cases each claim was held at, and its worst error."""
    return [(claim["cases"], claim["worst"]) for claim in implementation["claims"]]


def test_inert_without_impl(project: Project) -> None:
    project.makepyfile(
        test_of_the_host="""
        import sys

        def test_nothing_of_ours_is_imported():
            ours = {"spec", "reference", "properties", "mistakes", "lydite.grading.session"}
            assert not ours & sys.modules.keys()
            assert "hypothesis" not in sys.modules
        """
    )
    command = [sys.executable, "-m", "pytest", "-q", "-p", "lydite.plugin"]
    done = subprocess.run(command, cwd=project.path, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
