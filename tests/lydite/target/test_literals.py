"""The numbers in the source of the code under test: found where they decide, and never at the price of our process."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path

import pytest

from lydite.isolation import Tier
from lydite.target.literals import LARGEST, MOST, MOST_FILES, literals
from lydite.target.opened import Opened
from lydite.target.scan import MOST as MOST_OF_A_FILE
from lydite.target.watch import Watch


def written(folder: Path, text: str | bytes, name: str = "code.py") -> Path:
    path = folder / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def notebook(*cells: str) -> str:
    return json.dumps({"nbformat": 4, "cells": [{"cell_type": "code", "source": cell} for cell in cells]})


def test_numbers_are_found_wherever_they_are_written(tmp_path: Path) -> None:
    path = written(tmp_path, "N = 1 << 9\ndef f(z, e=1e-5):\n    return z[2**4:-7] if len(z) > 776 else 3.7e5 * e\n")
    assert set(literals([path])) >= {512.0, 1e-5, 16.0, -7.0, 776.0, 3.7e5}


def test_those_that_decide_something_come_first(tmp_path: Path) -> None:
    many = "\n".join(f"x = {k}.5" for k in range(2 * MOST))
    found = literals([written(tmp_path, f"{many}\nif len(z) == 777: pass\nfor k in range(33): pass\n")])
    assert {*found[:2]} == {777.0, 33.0}
    assert len(found) <= MOST


@pytest.mark.parametrize("place", [0, 5000, 9999])
@pytest.mark.parametrize("decoys", ["x = {}.5", "x = z[{}:]"])
def test_a_comparison_is_not_crowded_out_by_other_numbers(place: int, decoys: str, tmp_path: Path) -> None:
    lines = [decoys.format(k) for k in range(10_000)]
    lines[place] = "if len(z) == 77777: pass"
    assert literals([written(tmp_path, "\n".join(lines))])[0] == 77777.0


def test_of_too_many_numbers_those_that_are_kept_are_spread_over_the_file(tmp_path: Path) -> None:
    found = literals([written(tmp_path, "\n".join(f"if n == {k}: pass" for k in range(10_000)))])
    assert len(found) == MOST_OF_A_FILE
    assert {int(number) // 1000 for number in found} == set(range(10))


def test_no_file_crowds_out_another(tmp_path: Path) -> None:
    for name in "abc":
        written(tmp_path, "\n".join(f"if n == {k}.{ord(name)}: pass" for k in range(1000)), f"{name}.py")
    written(tmp_path, "if n == 777: pass", "d.py")
    assert 777.0 in literals([tmp_path])


def test_what_is_no_number_is_none(tmp_path: Path) -> None:
    assert literals([written(tmp_path, "x = True, None, 'a', 2j, 1e999, -float('inf')\n")]) == ()
    assert set(literals([written(tmp_path, "x = 2**99999, 1/0\n")])) == {2.0, 99999.0, 1.0, 0.0}


def test_a_notebook_is_read_cell_by_cell(tmp_path: Path) -> None:
    text = notebook("%matplotlib inline\nx = 41.5", "this is not Python", "if n == 777: pass", "!ls 99.5")
    assert set(literals([written(tmp_path, text, "work.ipynb")])) == {41.5, 777.0}


def test_a_folder_is_read_by_its_files_of_code(tmp_path: Path) -> None:
    written(tmp_path, "x = 1.25", "a.py")
    written(tmp_path, notebook("x = 2.25"), "b.ipynb")
    written(tmp_path, "x = 3.25", "c.txt")
    written(tmp_path, "x = 4.25", ".hidden.py")
    assert set(literals([tmp_path])) == {1.25, 2.25}


def test_no_link_is_followed(tmp_path: Path) -> None:
    secret = written(tmp_path, "x = 1.25", "secret.py")
    folder = tmp_path / "submission"
    folder.mkdir()
    (folder / "a.py").symlink_to(secret)
    os.mkfifo(folder / "b.py")
    assert literals([folder]) == ()


HOSTILE = {
    "nested brackets": "x = " + "(" * 100_000,
    "brackets that close": "x = " + "[" * 150 + "]" * 150,
    "nested signs": "x = " + "-" * 200_000 + "1",
    "a long sum": "x = " + "+".join(["1"] * 100_000),
    "a long attribute": "x = a" + ".b" * 200_000,
    "nested functions": "x = " + "lambda: " * 50_000 + "1",
    "nested calls": "x = " + "f(" * 5_000,
    "nested blocks": "\n".join(" " * k + "if 1:" for k in range(99)),
    "a number of many digits": "x = " + "9" * 400_000,
    "other bytes": b"x = \xff\xfe\x00 3",
    "no such encoding": b"# coding: nonsense\nx = 3",
    "null bytes": b"x = 1\x00",
    "nothing": "",
}


@pytest.mark.parametrize("source", HOSTILE.values(), ids=HOSTILE)
def test_a_hostile_source_costs_nothing_but_its_numbers(source: str | bytes, tmp_path: Path) -> None:
    hostile, plain = written(tmp_path, source), written(tmp_path, "x = 777", "plain.py")
    assert 777.0 in literals([hostile, plain])


def test_of_a_million_numbers_few_are_kept(tmp_path: Path) -> None:
    source = "x = [" + ",".join(map(str, range(LARGEST // 8))) + "]"
    assert len(source) < LARGEST
    assert len(literals([written(tmp_path, source)])) <= MOST


def test_a_large_file_is_not_read(tmp_path: Path) -> None:
    assert literals([written(tmp_path, "x = 777\n" + "#" * LARGEST)]) == ()


def test_of_many_files_few_are_read(tmp_path: Path) -> None:
    for k in range(MOST_FILES + 5):
        written(tmp_path, f"x = {1000 + k}", f"f{k:03}.py")
    assert len(literals([tmp_path])) == MOST_FILES


@pytest.mark.parametrize("held", ["[" * 100_000, "[]", "{}", '{"cells": 3}', '{"cells": [{"cell_type": "code"}]}', "x"])
def test_a_hostile_notebook_costs_nothing_but_its_numbers(held: str, tmp_path: Path) -> None:
    assert literals([written(tmp_path, held, "a.ipynb"), written(tmp_path, "x = 777", "z.py")]) == (777.0,)


def test_what_ends_the_parser_is_left_after_two_strikes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("lydite.target.literals.SCAN", written(tmp_path, "import os; os.abort()", "scan.py"))
    assert literals([written(tmp_path, "x = 1", f"{k}.py") for k in range(3)]) == ()


def test_nothing_of_the_source_is_run(tmp_path: Path) -> None:
    mark = tmp_path / "mark"
    literals([written(tmp_path, f"open({str(mark)!r}, 'w')\nx = 777\n")])
    assert not mark.exists()


def test_what_is_not_there_holds_no_number(tmp_path: Path) -> None:
    assert literals([tmp_path / "none.py", Path("<string>")]) == ()


# -- Of a target --


def opened(target: str) -> tuple[float, ...]:
    return Opened(target, None, "float64", Watch(), Tier.NONE).literals()


def test_the_numbers_of_a_file_are_found_without_running_it(tmp_path: Path) -> None:
    path = written(tmp_path, "raise SystemExit\nif n == 777: pass")
    assert opened(str(path)) == (777.0,)


def test_the_numbers_of_an_installed_module_are_those_of_the_files_of_its_calls() -> None:
    assert {1.0, 2.0} <= set(opened("reference"))


def test_a_command_has_no_numbers() -> None:
    assert opened(f"exec:{sys.executable} -c 777") == ()
