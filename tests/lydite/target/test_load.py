"""Targets are loaded under their own names, and refused with a reason."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from lydite import suite
from lydite.target import load
from lydite.worker import loading
from lydite.worker.loading import Unloadable

Submit = Callable[..., Path]


def loaded(target: object) -> Any:
    return load.load(str(target))


def test_a_file(submit: Submit) -> None:
    assert loaded(submit("def softmax(z): return 7")).softmax(0) == 7


@pytest.mark.parametrize("entry", ["__init__.py", "submission.py", "only.py"])
def test_a_folder_by_its_entry(submit: Submit, entry: str) -> None:
    path = submit("def softmax(z): return 7", f"work/{entry}")
    assert loaded(path.parent).softmax(0) == 7


def test_a_package_and_its_modules(submit: Submit) -> None:
    submit("def softmax(z): return 7", "work/parts.py")
    folder = submit("from .parts import softmax", "work/__init__.py").parent
    assert loaded(folder).softmax(0) == 7


def test_a_module_of_the_current_folder(submit: Submit, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(submit("def softmax(z): return 7", "somebodys/losses.py").parent.parent)
    assert loaded("somebodys.losses").softmax(0) == 7


def test_the_reference_and_a_mistake() -> None:
    reference, mistake = loaded("reference"), loaded("mistakes.softmax_cross_entropy:exponential_overflows")
    assert reference.softmax is not mistake.softmax
    assert reference.cross_entropy is mistake.cross_entropy


def test_names_of_a_submission_do_not_meet_ours(submit: Submit) -> None:
    ours = {name: sys.modules[name] for name in ("spec", "reference", "lydite") if name in sys.modules}
    for name in ("spec.py", "reference.py", "lydite.py"):
        submit(f"mine = {name!r}", name)
    target = submit(
        """
        import lydite, reference, spec

        def softmax(z):
            return [lydite.mine, reference.mine, spec.mine]
        """
    )
    assert loaded(target).softmax(0) == ["lydite.py", "reference.py", "spec.py"]
    assert {name: sys.modules[name] for name in ours} == ours
    assert sys.path[0] != str(target.parent)


def test_nothing_is_left_behind(submit: Submit) -> None:
    submit("def softmax(z): return 7", "work/parts.py")
    folder = submit("from .parts import softmax", "work/__init__.py").parent
    loaded(folder)
    assert sorted(path.name for path in folder.iterdir()) == ["__init__.py", "parts.py"]


def test_a_submission_does_not_see_the_suite(submit: Submit) -> None:
    with pytest.raises(Unloadable, match="No module named 'properties'"):
        loaded(submit("import properties"))


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("1/0", "raised ZeroDivisionError"),
        ("import sys; sys.exit(0)", "raised SystemExit"),
        ("raise KeyboardInterrupt", "raised KeyboardInterrupt"),
        ("def softmax(z:", "raised SyntaxError"),
        ("import pytest; pytest.skip('all', allow_module_level=True)", "raised Skipped"),
    ],
)
def test_what_fails_while_it_is_imported(submit: Submit, text: str, reason: str) -> None:
    with pytest.raises(Unloadable, match=reason):
        loaded(submit(text))


def test_what_is_not_there(tmp_path: Path) -> None:
    for target, reason in (
        (tmp_path / "none.py", "there is no file"),
        (tmp_path, "holds neither __init__.py nor submission.py nor exactly one module"),
        ("no.such.module", "No module named 'no'"),
        ("mistakes.no_such_module:name", "there is no module"),
        ("mistakes.softmax_cross_entropy:no_such_mistake", "has no mistake 'no_such_mistake'"),
    ):
        with pytest.raises(Unloadable, match=reason):
            loaded(target)


def test_what_is_too_large(tmp_path: Path) -> None:
    with (tmp_path / "large.py").open("wb") as file:
        file.truncate(loading.LARGEST_FILE + 1)
    with pytest.raises(Unloadable, match="larger than 16 MiB"):
        loaded(tmp_path / "large.py")


def test_a_package_that_takes_a_name_of_ours_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "reference.py").write_text("")
    monkeypatch.delitem(sys.modules, "reference", raising=False)
    monkeypatch.setattr(sys, "path", [str(suite.OWN), str(tmp_path)])
    suite.enter()
    monkeypatch.setattr(suite, "_entered", [tmp_path / "elsewhere"])
    monkeypatch.setattr(sys, "path", [str(tmp_path), *sys.path])
    with pytest.raises(suite.SuiteShadowed, match=r"'(spec|reference)' is taken by"):
        suite.enter()
