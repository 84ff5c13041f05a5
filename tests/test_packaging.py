"""The wheel, installed elsewhere: one package, and the verdicts of the checkout, from a folder that is in the way."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tarfile
import textwrap
import threading
import zipfile
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.metadata import Distribution, PathDistribution, distribution
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from packaging.requirements import Requirement

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

pytestmark = pytest.mark.packaging

ROOT = Path(__file__).resolve().parents[1]
SUITE = ("spec", "reference", "properties", "mistakes")

SUBMISSION = '''
    """Right in the loss, wrong in the sign of the gradient, and silent on the rest."""

    import numpy as np

    def softmax(z):
        e = np.exp(z - np.max(z))
        return e / e.sum()

    def cross_entropy(z, y):
        top = np.max(z)
        log_sum = np.log1p(np.exp(np.delete(z, np.argmax(z)) - top).sum())
        return float(np.sum(y * ((top - z) + log_sum)))

    def cross_entropy_gradient(z, y):
        return y - np.sum(y) * softmax(z)
'''

HOST = {
    "spec.py": "raise RuntimeError('the stray spec.py ran')",
    "reference.py": "raise RuntimeError('the stray reference.py ran')",
    "pytest.ini": """
        [pytest]
        addopts = -ra --strict-markers --strict-config
        testpaths = host_tests
        filterwarnings = error
    """,
    "conftest.py": """
        import pytest

        @pytest.fixture(autouse=True)
        def of_the_host():
            yield
    """,
    "host_tests/test_host.py": """
        import sys

        def test_lydite_is_inert(request):
            from hypothesis import settings
            assert settings.get_current_profile_name() in {"default", "ci"}
            assert not {"spec", "reference", "properties", "mistakes"} & sys.modules.keys()
    """,
}
"""Somebody's project, whose names, settings and plugins meet ours."""

Verdicts = dict[tuple[str, str], str]


@dataclass(frozen=True)
class Site:
    """A virtual environment that holds what the wheel declares, pytest-randomly and the wheel."""

    python: Path
    script: Path
    before: frozenset[str]
    after: frozenset[str]


def run(*command: str | Path, cwd: Path, exits: int = 0) -> str:
    """Returns what `command` printed; fails unless its exit status is the one expected."""
    done = subprocess.run(command, cwd=cwd, env=_environment(), capture_output=True, text=True, check=False)
    assert done.returncode == exits, f"exit {done.returncode}, not {exits}\n{done.stdout}\n{done.stderr}"
    return done.stdout


def _environment() -> Mapping[str, str]:
    ours = ("PYTHON", "PYTEST", "HYPOTHESIS", "LYDITE", "VIRTUAL_ENV")
    kept = {name: value for name, value in os.environ.items() if not name.startswith(ours)}
    return {**kept, "SOURCE_DATE_EPOCH": "1767225600"}


def write(folder: Path, files: Mapping[str, str]) -> None:
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(textwrap.dedent(text).lstrip(), "utf-8")


def closure(names: Iterable[str]) -> dict[str, Distribution]:
    """The installed distributions that `names` require, and what those require."""
    found: dict[str, Distribution] = {}
    waiting = [Requirement(name) for name in names]
    while waiting:
        needed = waiting.pop()
        if needed.name in found or not (needed.marker is None or needed.marker.evaluate({"extra": ""})):
            continue
        found[needed.name] = installed = distribution(needed.name)
        waiting += map(Requirement, installed.requires or ())
    return found


def copy(installed: Distribution, site: Path) -> None:
    """Puts the files of a distribution into `site`, as installing it would, without fetching it again."""
    for file in installed.files or ():
        source = Path(str(file.locate()))
        if ".." in file.parts or not source.exists():
            continue
        target = site / file
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(source, target)


@pytest.fixture(scope="module")
def distributions(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """The source distribution of the checkout, and the wheel that is built from it."""
    out = tmp_path_factory.mktemp("dist")
    run(sys.executable, "-m", "build", "--no-isolation", "--outdir", out, cwd=ROOT)
    (sdist,), (wheel,) = out.glob("*.tar.gz"), out.glob("*.whl")
    return sdist, wheel


@pytest.fixture(scope="module")
def site(distributions: tuple[Path, Path], tmp_path_factory: pytest.TempPathFactory) -> Site:
    _, wheel = distributions
    home = tmp_path_factory.mktemp("venv")
    run(sys.executable, "-m", "venv", "--without-pip", home, cwd=ROOT)
    python = home / "bin" / "python"
    packages = Path(run(python, "-c", "import sysconfig; print(sysconfig.get_path('purelib'))", cwd=home).strip())
    for installed in closure([*_requires(wheel), "pytest-randomly", "distributed"]).values():
        copy(installed, packages)
    before = _entries(packages)
    run(sys.executable, "-m", "pip", "--python", python, "install", "--quiet", "--no-deps", wheel, cwd=home)
    return Site(python, home / "bin" / "lydite", before, _entries(packages))


@pytest.fixture
def host(tmp_path: Path) -> Path:
    """A foreign project."""
    write(tmp_path, HOST)
    return tmp_path


@pytest.fixture(scope="module")
def submission(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("submitted")
    write(folder, {"submission.py": SUBMISSION})
    return folder / "submission.py"


@pytest.fixture(scope="module")
def expected(submission: Path, tmp_path_factory: pytest.TempPathFactory) -> Verdicts:
    """The verdicts of the checkout: some claims hold, some are broken, and some are missing."""
    report = tmp_path_factory.mktemp("checkout") / "report.json"
    run(
        *(sys.executable, "-m", "pytest", "-p", "no:cacheprovider"),
        *("--impl", submission, "--lydite-json", report, "properties"),
        cwd=ROOT,
        exits=1,
    )
    verdicts = _verdicts(report)
    assert {"holds", "broken", "missing"} <= set(verdicts.values())
    return verdicts


def _requires(wheel: Path) -> list[str]:
    root = zipfile.Path(wheel)
    (info,) = (entry for entry in root.iterdir() if entry.name.endswith(".dist-info"))
    return PathDistribution(info).requires or []


def _entries(folder: Path) -> frozenset[str]:
    return frozenset(path.name for path in folder.iterdir() if path.name != "__pycache__")


def _verdicts(report: Path) -> Verdicts:
    document: dict[str, Any] = json.loads(report.read_text("utf-8"))
    (graded,) = document["implementations"]
    return {(claim["id"], claim["regime"]): claim["outcome"] for claim in graded["claims"]}


def test_the_wheel_holds_one_package_and_the_suite_inside(distributions: tuple[Path, Path]) -> None:
    _, wheel = distributions
    names = zipfile.ZipFile(wheel).namelist()
    assert {name.partition("/")[0] for name in names} == {"lydite", "lydite-0.1.0.dist-info"}
    for folder in SUITE:
        there = {name for name in names if name.startswith(f"lydite/suite/{folder}/")}
        here = {f"lydite/suite/{path.relative_to(ROOT)}" for path in _sources(ROOT / folder)}
        assert there == here
    assert "lydite/suite/suite.toml" in names


def test_the_wheel_holds_these_files_and_no_other(distributions: tuple[Path, Path]) -> None:
    _, wheel = distributions
    names = {name for name in zipfile.ZipFile(wheel).namelist() if not name.startswith("lydite/suite/")}
    metadata = {"METADATA", "RECORD", "WHEEL", "entry_points.txt", "licenses/LICENSE"}
    own = {str(path.relative_to(ROOT)) for path in _sources(ROOT / "lydite")}
    assert names == own | {f"lydite-0.1.0.dist-info/{name}" for name in metadata}
    assert {Path(name).suffix for name in own} == {
        ".py",
        ".typed",
        ".json",
        ".html",
        ".css",
        ".js",
        ".md",
        ".txt",
        ".sh",
        "",
    }


def test_the_source_distribution_has_these_entries_and_no_other(distributions: tuple[Path, Path]) -> None:
    sdist, _ = distributions
    with tarfile.open(sdist) as archive:
        names = {name.partition("/")[2].partition("/")[0] for name in archive.getnames()}
    folders = {*SUITE, "lydite", "implementations", "examples", "tests", "benchmarks", "experiments", "time_machine"}
    files = {
        "pyproject.toml",
        "suite.toml",
        "conftest.py",
        "Makefile",
        "Dockerfile",
        "action.yml",
        "LICENSE",
        "PKG-INFO",
    }
    pages = {"README.md", "CHANGELOG.md", "CONTRIBUTING.md", "SECURITY.md", "CITATION.cff"}
    hidden = {".gitignore", ".github", ".pre-commit-hooks.yaml"}
    assert names == folders | files | pages | hidden | {"docs", "requirements", "changes"}


def test_the_distributions_are_the_same_whoever_builds_them_and_when(
    distributions: tuple[Path, Path], tmp_path: Path
) -> None:
    """As long as they state the same time of the source; built by somebody with another mask, zone and locale."""
    script = f"umask 077; TZ=Asia/Tokyo LC_ALL=C {sys.executable} -m build --no-isolation --outdir '{tmp_path}'"
    run("sh", "-c", script, cwd=ROOT)
    for one in distributions:
        assert (tmp_path / one.name).read_bytes() == one.read_bytes()


def test_pipx_runs_it_by_the_name_of_the_distribution(distributions: tuple[Path, Path]) -> None:
    _, wheel = distributions
    text = (zipfile.Path(wheel) / "lydite-0.1.0.dist-info" / "entry_points.txt").read_text("utf-8")
    assert "[console_scripts]\nlydite = lydite.__main__:main" in text


def test_the_source_distribution_holds_what_the_tests_need(distributions: tuple[Path, Path]) -> None:
    sdist, _ = distributions
    with tarfile.open(sdist) as archive:
        names = {name.partition("/")[2] for name in archive.getnames()}
    assert {str(path.relative_to(ROOT)) for path in _sources(ROOT / "tests")} <= names
    assert {"conftest.py", "Makefile", "LICENSE", "README.md", "requirements/dev.lock"} <= names
    assert not {name for name in names if "__pycache__" in name}


def _sources(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file() and "__pycache__" not in path.parts]


def test_an_installation_adds_one_package(site: Site) -> None:
    assert site.after - site.before == {"lydite", "lydite-0.1.0.dist-info"}


def test_the_plugin_is_inert_without_impl(site: Site, host: Path) -> None:
    assert "1 passed" in run(site.python, "-m", "pytest", cwd=host)


def test_the_wheel_grades_as_the_checkout_does(site: Site, host: Path, submission: Path, expected: Verdicts) -> None:
    report = host / "report.json"
    run(site.script, "grade", submission, "--seed", "0", "--json", report, cwd=host, exits=1)
    assert _verdicts(report) == expected


def test_the_plugin_grades_as_the_checkout_does(site: Site, host: Path, submission: Path, expected: Verdicts) -> None:
    report = host / "report.json"
    command = (site.python, "-m", "pytest", "--impl", submission, "--lydite-json", report)
    printed = run(*command, "-n", "2", cwd=host, exits=1)
    assert _verdicts(report) == expected
    (failed, *_) = (line.split()[1] for line in printed.splitlines() if line.startswith("FAILED "))
    assert "1 failed" in run(*command, failed, cwd=host, exits=1)


@contextmanager
def started(site: Site, module: str, *options: str, until: str, cwd: Path) -> Iterator[str]:
    """The line with `until` that a process of the installed wheel writes when it is ready; ends it afterwards."""
    command: list[str | Path] = [site.python, "-m", module, *options, "--no-dashboard"]
    with subprocess.Popen(command, cwd=cwd, env=_environment(), stderr=subprocess.PIPE, text=True) as process:
        assert process.stderr is not None
        try:
            yield next(line for line in process.stderr if until in line)
            threading.Thread(target=process.stderr.read, daemon=True).start()
        finally:
            process.terminate()


def test_a_cluster_of_installed_wheels_grades_as_this_machine_does(site: Site, host: Path, submission: Path) -> None:
    """Scheduler and worker are processes of their own, which know nothing but what is installed."""
    hand_ins = host / "class"
    for name in ("first.py", "second.py"):
        hand_ins.mkdir(exist_ok=True)
        shutil.copy(submission, hand_ins / name)
    common = ("grade", "--each", hand_ins, "--seed", "0", "--only", "Q7.a", "--regimes", "core", "--examples", "2")
    run(site.script, *common, "--out", host / "here", "--jobs", "1", cwd=host, exits=1)
    scheduler = started(site, "distributed.cli.dask_scheduler", "--port", "0", until="Scheduler at:", cwd=host)
    with scheduler as told:
        address = told.split()[-1]
        worker = ("distributed.cli.dask_worker", address, "--nthreads", "1")
        with started(site, *worker, until="Registered to", cwd=host):
            run(site.script, *common, "--out", host / "there", "--dask", address, cwd=host, exits=1)
    assert _outcomes(host / "there" / "report.json") == _outcomes(host / "here" / "report.json")


def _outcomes(report: Path) -> dict[str, list[str]]:
    document: dict[str, Any] = json.loads(report.read_text("utf-8"))
    return {one["name"]: [claim["outcome"] for claim in one["claims"]] for one in document["implementations"]}
