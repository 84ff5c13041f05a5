"""Builds the autograder for Gradescope: a zip that installs Lydite, grades a submission and reports the result."""

from __future__ import annotations

import hashlib
import io
import json
import re
import shlex
import zipfile
from importlib.metadata import PackageNotFoundError, requires, version
from pathlib import Path

from lydite import __version__
from lydite.kit.regime import DEFAULT, Regime
from lydite.results.rubric import Rubric
from lydite.templates import TEMPLATES

UNGRADED = "The submission could not be graded. This is not your fault: tell the staff, who see more of it."
CONSTRAINTS, LOCK, RUBRIC = "constraints.txt", "requirements.lock", "rubric.toml"
LONG_AGO = (1980, 1, 1, 0, 0, 0)
"""The time of every file, so that the same autograder is the same archive."""


def archive(rubric: Rubric, rubric_path: Path | None, wheel: Path | None, lock: Path | None) -> bytes:
    """Returns the zip. It installs `wheel`, or this release from the index, and whatever else `lock` pins with hashes.

    Without a lock, what Lydite needs directly is pinned to the versions that are installed here. Raises OSError.
    """
    files = {"zeros.json": json.dumps({"score": 0.0, "output": UNGRADED}).encode()}
    if rubric_path:
        files[RUBRIC] = rubric_path.read_bytes()
    if wheel:
        files[wheel.name] = wheel.read_bytes()
    if lock:
        files[LOCK] = lock.read_bytes()
    else:
        files[CONSTRAINTS] = "".join(f"{pin}\n" for pin in _pins()).encode()
    files["SHA256SUMS"] = "".join(f"{hashlib.sha256(c).hexdigest()}  {name}\n" for name, c in files.items()).encode()
    export = ["--rubric", f"source/{RUBRIC}"] if rubric_path else []
    files |= {
        "setup.sh": _script("setup.sh", INSTALL="\n".join(_install(wheel, lock))),
        "run_autograder": _script("run_autograder", GRADE=shlex.join(_options(rubric)), EXPORT=shlex.join(export)),
    }
    return _zipped(files)


def _install(wheel: Path | None, lock: Path | None) -> list[str]:
    what = f"./{wheel.name}" if wheel else f"lydite=={__version__}"
    if lock:
        return [f"install --require-hashes --requirement {LOCK}", shlex.join(["install", "--no-deps", what])]
    return [shlex.join(["install", "--constraint", CONSTRAINTS, what])]


def _pins() -> list[str]:
    try:
        needed = requires("lydite") or []
    except PackageNotFoundError:
        return []
    names = [found[0] for one in needed if "extra ==" not in one and (found := re.match(r"[\w.\-]+", one))]
    return [f"{name}=={version(name)}" for name in names]


def _options(rubric: Rubric) -> list[str]:
    """Returns those of `lydite grade`: the rubric's, a seed that nobody knows, and the regimes that carry points."""
    said = {"seed": "random", **rubric.grade}
    weighed = {regime for (_, regime), points in (rubric.points or {}).items() if points}
    if "regimes" not in said and not weighed <= set(DEFAULT):
        said["regimes"] = ",".join(r for r in Regime if r in DEFAULT or r in weighed)
    return [part for option, value in said.items() for part in (f"--{option}", str(value))]


def _script(name: str, **values: str) -> bytes:
    text = (TEMPLATES / "gradescope" / name).read_text(encoding="utf-8")
    for key, value in values.items():
        text = text.replace(f"@{key}@", value)
    return text.encode()


def _zipped(files: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as whole:
        for name, content in files.items():
            entry = zipfile.ZipInfo(name, LONG_AGO)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.create_system = 3  # Unix, whose permissions come next
            entry.external_attr = (0o755 if name in {"setup.sh", "run_autograder"} else 0o644) << 16
            whole.writestr(entry, content)
    return out.getvalue()
