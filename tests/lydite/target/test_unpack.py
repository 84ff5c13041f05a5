"""An archive is unpacked in a jail within limits, and nothing that it holds is laid out elsewhere."""

from __future__ import annotations

import json
import stat
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lydite.isolation import Tier
from lydite.target import unpack
from lydite.target.content import FILE, FOLDER, MOST_DEPTH, MOST_PARTS, Part, content
from lydite.target.snapshot import snapshot
from lydite.target.unpack import archived, unpacked
from lydite.worker.codec import Violation
from lydite.worker.loading import LARGEST_FILE, Unloadable
from tests.support import commandline
from tests.support.optional import needed

SOFTMAX = "import numpy as np\ndef softmax(z):\n    e = np.exp(z - np.max(z))\n    return e / e.sum()\n"
Files = dict[str, str | bytes]


def packed(path: Path, files: Files, method: int = zipfile.ZIP_DEFLATED) -> Path:
    with zipfile.ZipFile(path, "w", method) as archive:
        for name, text in files.items():
            archive.writestr(name, text)
    return path


@pytest.mark.parametrize("tier", [Tier.NAMESPACES, Tier.LANDLOCK, Tier.PROCESS])
@pytest.mark.parametrize("method", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_the_files_of_an_archive(tmp_path: Path, tier: Tier, method: int) -> None:
    needed(tier)
    files: Files = {"hw/solution.py": SOFTMAX, "hw\\data\\x.csv": b"\x00\xff", "hw/ü.txt": "", "hw/empty/": ""}
    files |= {"__MACOSX/._solution.py": "x", "hw/.DS_Store": "x", ".git/config": "x", "hw/__pycache__/y.pyc": "x"}
    assert unpacked(packed(tmp_path / "hw.zip", files, method), tier) == (
        Part("", FOLDER),
        Part("hw", FOLDER),
        Part("hw/solution.py", FILE, SOFTMAX.encode()),
        Part("hw/data", FOLDER),
        Part("hw/data/x.csv", FILE, b"\x00\xff"),
        Part("hw/ü.txt", FILE),
    )


def link(path: Path) -> None:
    with zipfile.ZipFile(path, "w") as archive:
        entry = zipfile.ZipInfo("link.py")
        entry.create_system, entry.external_attr = 3, (stat.S_IFLNK | 0o777) << 16
        archive.writestr(entry, "/etc/passwd")


def twice(path: Path) -> None:
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("a.py", "1")
        with pytest.warns(UserWarning, match="Duplicate name"):
            archive.writestr("a.py", "2")


def encrypted(path: Path) -> None:
    packed(path, {"a.py": SOFTMAX}, zipfile.ZIP_STORED)
    whole = bytearray(path.read_bytes())
    for head, flags in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        whole[whole.find(head) + flags] |= 1
    path.write_bytes(whole)


def damaged(path: Path) -> None:
    packed(path, {"a.py": SOFTMAX * 99})
    whole = bytearray(path.read_bytes())
    whole[60:90] = bytes(30)
    path.write_bytes(whole)


def bomb(path: Path) -> None:
    packed(path, {f"{i}.bin": bytes(LARGEST_FILE) for i in range(5)})


def many(path: Path) -> None:
    packed(path, {f"{i}.py": "" for i in range(MOST_PARTS + 1)})


@pytest.mark.parametrize(
    ("make", "reason"),
    [
        (link, "holds link.py, which is a link"),
        (twice, "holds a.py twice"),
        (encrypted, "is encrypted"),
        (damaged, "cannot be unpacked: "),
        (bomb, "holds more than 64 MiB"),
        (many, "holds more than 10000 files"),
        (lambda path: packed(path, {"../a.py": ""}), r"holds \.\./a\.py, which lies outside of it"),
        (lambda path: packed(path, {"/etc/a.py": ""}), "holds /etc/a.py, which lies outside of it"),
        (lambda path: packed(path, {"a\\..\\..\\b.py": ""}), "lies outside of it"),
        (lambda path: packed(path, {"a": "", "a/b.py": ""}), "a is a file and a folder"),
        (lambda path: packed(path, {"d/" * MOST_DEPTH + "a.py": ""}), "cannot be laid out"),
        (lambda path: packed(path, {"n" * 300 + ".py": ""}), "cannot be laid out"),
        (lambda path: packed(path, {".hidden": ""}), "holds no file"),
        (lambda path: packed(path, {}), "holds no file"),
        (lambda path: path.write_text("no archive"), "cannot be unpacked: File is not a zip file"),
    ],
)
def test_what_is_not_unpacked_and_why(tmp_path: Path, make: Callable[[Path], object], reason: str) -> None:
    make(tmp_path / "hw.zip")
    with pytest.raises(Unloadable, match=rf"^hw\.zip .*{reason}"):
        unpacked(tmp_path / "hw.zip", Tier.PROCESS)


def test_a_file_that_is_too_large_is_left_out_and_said(tmp_path: Path) -> None:
    taken = snapshot(str(packed(tmp_path / "hw.zip", {"a.py": SOFTMAX, "data.bin": bytes(LARGEST_FILE + 1)})))
    assert [part.path for part in content(taken.path)] == ["", "a.py"]
    assert taken.path.name == "hw"
    assert taken.notes == ("data.bin is larger than 16 MiB, and is left out",)
    taken.remove()


def test_an_archive_alone_in_a_folder_is_what_was_submitted() -> None:
    archive = Part("x/hw.ZIP", FILE, b"PK")
    assert archived([Part("", FOLDER), Part("x", FOLDER), archive], "alice") is archive
    assert archived([Part("", FILE, b"PK")], "hw.zip") is not None
    assert archived([Part("", FOLDER), archive, Part("x/readme.txt", FILE)], "alice") is None
    assert archived([Part("", FILE)], "hw.py") is None


@given(st.binary(max_size=200) | st.lists(st.tuples(st.text(max_size=9), st.binary(max_size=9)), max_size=4))
def test_whatever_a_jail_sends_is_files_in_a_folder_or_a_fault(sent: bytes | list[tuple[str, bytes]]) -> None:
    """A jail may say anything: what is laid out stays below its folder."""
    if isinstance(sent, list):
        lines = [json.dumps({"path": path, "bytes": len(held)}).encode() + b"\n" + held for path, held in sent]
        sent = b"".join([*lines, b'{"end":true}\n'])
    try:
        parts = unpack._parts(list(unpack._files(sent, "hw.zip")))
    except (Unloadable, Violation):
        return
    assert parts[0] == Part("", FOLDER)
    for part in parts[1:]:
        names = part.path.split("/")
        assert not {"", ".", ".."} & set(names)
        assert not part.path.startswith("/")


def test_an_archive_is_graded(tmp_path: Path) -> None:
    """By itself, from a folder in which it lies alone, and in this process."""
    one = packed(
        tmp_path / "one.zip", {"hw/solution.py": "from shift import SHIFT\n" + SOFTMAX, "hw/shift.py": "SHIFT = 0"}
    )
    (tmp_path / "two").mkdir()
    packed(tmp_path / "two" / "handed_in.zip", {"a.py": SOFTMAX})
    for tier in ("auto", "none"):
        targets = [one, tmp_path / "two"] if tier == "auto" else [one]
        done = commandline.run("grade", *targets, "--only", "Q7.0.1", "--regimes", "core", "--isolation", tier)
        assert done.exit_code == 0, done.output


def test_a_path_that_is_too_long_is_refused_and_names_no_folder_of_ours(tmp_path: Path) -> None:
    deep = "/".join(["d" * 250] * 18 + ["s.py"])
    packed(tmp_path / "deep.zip", {deep: SOFTMAX})
    result = commandline.run("grade", tmp_path / "deep.zip", "--only", "Q7.0.1", "--regimes", "core", "--seed", "0")
    assert result.exit_code == 1
    assert "unloadable" in result.output
    folder = tmp_path / "deep" / "/".join(["d" * 250] * 5)
    folder.mkdir(parents=True)
    with pytest.raises(Unloadable, match="a path in it is longer"):
        content(tmp_path / "deep")
