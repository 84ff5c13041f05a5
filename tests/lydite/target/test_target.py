"""Targets that do not exist, or cannot be what they are named: an error of usage at once, which names what is near."""

from __future__ import annotations

import sys
from importlib.machinery import ModuleSpec, PathFinder
from pathlib import Path

import pytest

from lydite.adapters.adapter import read_adapter
from lydite.target.exists import NoTarget, check_adapted, check_exists
from tests.support.commandline import run

MARK = "raise SystemExit('a module was imported to find out whether it exists')"


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name in ("submission.py", "mylib/__init__.py", "mylib/losses.py", "mylib.toml", "notes.ipynb"):
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(MARK, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.parametrize(
    "target",
    [
        *(
            "reference",
            "mistakes.softmax_cross_entropy:exponential_overflows",
            "submission.py",
            "./mylib",
            "notes.ipynb",
        ),
        *("mylib", "mylib.losses", "submission", "json.decoder", "os.path", "numpy.linalg", "exec:python3 -c pass"),
    ],
)
def test_what_exists_passes_and_is_not_imported(target: str) -> None:
    check_exists(target)


@pytest.mark.parametrize(
    ("target", "told"),
    [
        ("submision.py", "there is no file or folder submision.py; is submission.py meant?"),
        ("./mylibb", "there is no file or folder ./mylibb; is mylib meant?"),
        ("nowhere/at/all.py", "there is no file or folder nowhere/at/all.py"),
        ("mylib.tml", "there is no module mylib.tml"),
        ("mylib.toml.bak/x", "there is no file or folder mylib.toml.bak/x"),
        ("hand-in", "hand-in is neither a file nor the name of a module"),
        ("submission.zip", "there is no file or folder submission.zip; is submission.py meant?"),
        ("no_such_library", "there is no module no_such_library"),
        ("mylib.loses", "there is no module mylib.loses; is losses meant?"),
        ("mylib.losses.more", "there is no module mylib.losses.more"),
        ("refrence", "there is no module refrence; is reference meant?"),
        ("mistakes.softmax_cross_entropy:none", "mistakes.softmax_cross_entropy has no mistake 'none'"),
        ("mistakes.none:none", "there is no module mistakes.none"),
        ("exec:no-such-program x", "exec:no-such-program x: there is no program no-such-program"),
        ("exec:", "exec:: there is no program"),
        ("exec:'", "No closing quotation"),
        ("", "an empty name is neither a file nor the name of a module"),
    ],
)
def test_what_does_not_exist_is_named_with_what_is_near(target: str, told: str) -> None:
    with pytest.raises(NoTarget) as raised:
        check_exists(target)
    assert told in str(raised.value)


def test_a_package_that_makes_modules_may_have_any(folder: Path) -> None:
    (folder / "mylib" / "__init__.py").write_text("import sys\nsys.modules['mylib.made'] = sys", encoding="utf-8")
    check_exists("mylib.made")


def test_what_an_import_hook_finds_exists(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Installed in place, a package is known to a finder and lies on no path."""

    class Finder:
        @staticmethod
        def find_spec(name: str, _path: object = None, _target: object = None) -> ModuleSpec | None:
            return PathFinder.find_spec("mylib", [str(folder)]) if name == "elsewhere" else None

    monkeypatch.chdir("/")
    monkeypatch.setattr(sys, "meta_path", [*sys.meta_path, Finder])
    check_exists("elsewhere.losses")


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ('module = "mylob"\n[calls]\nsoftmax = "f"', "a.toml: module: there is no module mylob; is mylib"),
        ('[python]\nsoftmax = "mylob:f"', "a.toml: python.softmax: there is no module mylob; is mylib"),
    ],
)
def test_a_module_that_an_adapter_names_exists(folder: Path, text: str, told: str) -> None:
    (folder / "a.toml").write_text(text, encoding="utf-8")
    with pytest.raises(NoTarget) as raised:
        check_adapted("a.toml", read_adapter(Path("a.toml")))
    assert told in str(raised.value)


@pytest.mark.parametrize(
    "arguments",
    [
        ["grade", "nowhere.py"],
        ["grade", "nowhere.py", "--isolation", "none"],
        ["grade", "no_such_library"],
        ["grade", "reference", "nowhere.toml"],
        ["grade", "mylib.toml"],
        ["check-adapter", "nowhere.py"],
        ["adapt", "no_such_library"],
    ],
)
def test_the_command_line_says_so_at_once(arguments: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("lydite.commands.grade.grade", lambda *_: pytest.fail("grading was started"))
    told = run(*arguments)
    assert told.exit_code == 2
    assert ("MODULE" if arguments[0] == "adapt" else "TARGET") in told.output
    assert "--adapter" not in told.output


@pytest.mark.parametrize(
    ("options", "hint"),
    [
        (["a.toml", "--regimes", "inputs"], "--regimes"),
        (["a.toml", "--only", "Q1"], "--only"),
        (["json", "--adapter", "a.toml", "--regimes", "inputs"], "--regimes"),
        (["mylib", "--adapter", "bad.toml"], "--adapter"),
        (["bad.toml"], "TARGET"),
        (["a.toml", "b.toml"], "TARGET"),
    ],
)
def test_an_error_names_what_was_given(folder: Path, options: list[str], hint: str) -> None:
    text = 'module = "mylib"\ndtype = "{}"\n[calls]\ngaussian_dropout_penalty = "f"'
    for name, dtype in (("a", "float32"), ("b", "float64"), ("bad", "int8")):
        (folder / f"{name}.toml").write_text(text.format(dtype), encoding="utf-8")
    told = run("grade", *options)
    assert told.exit_code == 2, told.output
    assert f"Invalid value for {hint}" in told.output
