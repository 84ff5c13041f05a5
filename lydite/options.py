"""Declares the options of grading, each once: for the command line, pytest, requests, reports and the key of a batch.

It imports nothing of the suite: pytest lists the options wherever Lydite is installed.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, auto

PREFIX = "--lydite-"
"""How pytest's spelling of an option begins."""
SUITE = f"{PREFIX}suite"
"""How pytest spells the option that names a suite."""
YES = "yes"
"""The text of a flag that is given."""
PROFILES: dict[str, dict[str, str]] = {
    "ci": {"seed": "0"},
    "explore": {"explore": YES},
    "nightly": {"explore": YES, "regimes": "core,stability,scale,layout,purity,tails,inputs"},
}
"""Of each profile, the options that it gives where the command line does not."""
CORPUS = ".hypothesis/lydite"
"""The folder below the current one where an exploring run keeps what broke a law."""
EFFORT = 16
"""Times as long as an ordinary run an exploring one takes at most."""


class Kind(Enum):
    """How the command line reads a value, before the settings check it."""

    TEXT = auto()
    TIER = auto()
    COUNT = auto()
    SECONDS = auto()
    FILE = auto()
    FOLDER = auto()
    NEW_FILE = auto()
    NEW_FOLDER = auto()
    PROFILE = auto()
    FLAG = auto()
    """Given without a value, and read as `yes`."""


@dataclass(frozen=True, slots=True)
class InPytest:
    """How pytest spells an option, after the prefix; `place` orders its help.

    `default` is given where it is not that of the command line.
    """

    place: int
    metavar: str
    help: str
    default: str | None = None


@dataclass(frozen=True, slots=True)
class Option:
    """One option, as the command line spells it, which takes it if there is a `help`; so does pytest by `pytest`.

    `default` is the text that an absent option stands for, `example` another value, valid in the root of a checkout.
    """

    name: str
    help: str = ""
    metavar: str | None = None
    kind: Kind = Kind.TEXT
    default: str = ""
    example: str = ""
    pytest: InPytest | None = None
    changes_report: bool = False
    """Whether a report depends on it, so that it is part of the key by which a batch finds an earlier report."""
    noted: bool = False
    """Whether the report on an implementation names it where it is not the default, so that `replay` can go by it."""
    project: bool = False
    """Whether `[tool.lydite]` may give it: not what runs code, keeps it apart, or names where to write."""

    @property
    def field(self) -> str:
        """The name as an identifier."""
        return self.name.replace("-", "_")

    @property
    def pytest_default(self) -> str:
        """The text that the option stands for where pytest is not given it."""
        return self.default if self.pytest is None or self.pytest.default is None else self.pytest.default


_TABLE = (
    Option(
        "each",
        "Every child of DIR is a submission: grade each, into --out; go on where a run was interrupted.",
        metavar="DIR",
        kind=Kind.FOLDER,
    ),
    Option("out", "Folder for report.json.", metavar="DIR", kind=Kind.NEW_FOLDER),
    Option(
        "json",
        "The report.",
        metavar="FILE",
        kind=Kind.NEW_FILE,
        pytest=InPytest(13, "FILE", "where to write the report"),
    ),
    Option("quiet", "Print ten lines at most: what to fix, and where.", kind=Kind.FLAG),
    Option(
        "profile",
        "What is not given is as in CI (seed 0, for what is submitted too), explores, or explores in all regimes.",
        kind=Kind.PROFILE,
        example="ci",
    ),
    Option("jobs", "Processes at a time; else as many as cores.", metavar="N", kind=Kind.COUNT, project=True),
    Option("dask", "With --each: grade on the cluster with this scheduler.", metavar="ADDRESS"),
    Option(
        "isolation",
        "How far files, folders, notebooks and commands are kept apart; auto: the best that is proven here.",
        kind=Kind.TIER,
        default="auto",
        example="process",
        pytest=InPytest(
            9,
            "TIER",
            "how far a file, folder, notebook or command is kept apart, as for lydite grade",
            default="none",
        ),
        changes_report=True,
    ),
    Option(
        "allow",
        "Distributions that they see besides NumPy and SciPy.",
        metavar="NAMES",
        example="click,rich",
        pytest=InPytest(
            11, "NAME,...", "installed distributions that a target in isolation sees besides NumPy and SciPy"
        ),
        changes_report=True,
        noted=True,
    ),
    Option(
        "entry",
        "The file of a folder that offers the calls; a class of it.",
        metavar="FILE[:CLASS]",
        example="losses.py:Losses",
        pytest=InPytest(
            12, "FILE[:CLASS]", "the file of a folder that offers the calls, or a class whose methods are they"
        ),
        changes_report=True,
        noted=True,
    ),
    Option(
        "only",
        "Claims, beginnings of their ids, functions: Q1,Q7.a.7,softmax.",
        metavar="NAMES",
        example="Q7.0.1,Q7.a",
        pytest=InPytest(
            1, "NAME,...", "claims to grade, beginnings of their ids, or functions, such as Q1,Q7.a.7,softmax"
        ),
        changes_report=True,
        project=True,
    ),
    Option(
        "regimes",
        "Regimes of inputs: core,stability,scale,layout,purity,...",
        metavar="NAMES",
        example="core,layout",
        pytest=InPytest(2, "NAME,...", "regimes to grade in"),
        changes_report=True,
        project=True,
    ),
    Option(
        "precision",
        "float64 (if no adapter declares another) or float32.",
        metavar="TYPE",
        example="float32",
        pytest=InPytest(3, "TYPE", "float64 or float32; float64, unless an adapter declares another"),
        changes_report=True,
        project=True,
    ),
    Option(
        "adapter",
        "How a library's functions differ from the contract's calls.",
        metavar="FILE",
        example="implementations/optax_losses.toml",
        pytest=InPytest(4, "FILE", "how the functions of a library differ from the contract's calls"),
        changes_report=True,
    ),
    Option(
        "expect",
        "Where each target is expected to hold, how accurately, and the exceptions.",
        metavar="FILE",
        example="implementations/expected.toml",
        pytest=InPytest(5, "FILE", "where the implementation is expected to hold, how accurately, and the exceptions"),
        changes_report=True,
        project=True,
    ),
    Option(
        "write-expect",
        "Write what breaks as expected, grouped by fault, into this file; reasons that are there stay.",
        metavar="FILE",
        kind=Kind.NEW_FILE,
    ),
    Option(
        "write-budget",
        "Write how accurate each call is as its budget into this file, which --expect reads.",
        metavar="FILE",
        kind=Kind.NEW_FILE,
    ),
    Option(
        "laws",
        "Count the laws of this version; newer ones are run, and what they would break is reported.",
        metavar="VERSION",
        example="0.1",
        pytest=InPytest(17, "VERSION", "count the laws of this version, and only report what newer ones would break"),
        changes_report=True,
        project=True,
    ),
    Option("watch", "Grade again when a file is saved, what the change may concern; Ctrl-C ends it.", kind=Kind.FLAG),
    Option("explain", "Every term in what is printed, explained below it.", kind=Kind.FLAG),
    Option("rubric", "Points for claims and regimes; void claims.", metavar="FILE", kind=Kind.FILE),
    Option(
        "examples",
        "Batches of cases a law and regime.",
        metavar="N",
        default="10",
        example="3",
        pytest=InPytest(7, "N", "batches of cases for each property and regime"),
        changes_report=True,
        project=True,
    ),
    Option(
        "seed",
        "A number, or `random`, which it is for what is submitted; else 0.",
        metavar="N",
        example="7",
        pytest=InPytest(6, "N", "a number, or `random`, which it is for what is kept apart; else 0"),
        changes_report=True,
        project=True,
    ),
    Option(
        "explore",
        "Search deeper: a fresh seed, ten times the cases, constants of the code, the largest errors.",
        kind=Kind.FLAG,
        example=YES,
        pytest=InPytest(14, "", "search deeper: a fresh seed, ten times the cases, constants of the code"),
        changes_report=True,
    ),
    Option(
        "corpus",
        f"Where inputs that break a law are kept, to begin with; {CORPUS} to --explore without --seed.",
        metavar="DIR",
        example=CORPUS,
        pytest=InPytest(15, "DIR", "where inputs that break a law are kept, to begin with the next time"),
        changes_report=True,
    ),
    Option(
        "timeout",
        "Seconds for one target in all, on the clock; sixteen times as many with --explore.",
        metavar="S",
        kind=Kind.SECONDS,
        default="600",
        changes_report=True,
        project=True,
    ),
    Option(
        "call-timeout",
        "CPU seconds for one call, five times as many once for each shape of its arguments; 0: any time.",
        metavar="S",
        default="2",
        example="0.25",
        pytest=InPytest(8, "SECONDS", "CPU time that one call may take; 0: as long as it likes"),
        changes_report=True,
        noted=True,
        project=True,
    ),
    Option(
        "memory",
        "0: no limit.",
        metavar="MB",
        default="4096",
        example="512",
        pytest=InPytest(10, "MB", "what a target in isolation may take; 0: as much as it likes"),
        changes_report=True,
        noted=True,
        project=True,
    ),
    Option("budget", pytest=InPytest(18, "JSON", "how accurate each call is to be, in each regime")),
    Option("snapshot", pytest=InPytest(16, "PATH", "a copy of the target that is graded in its place")),
)
"""In the order in which `lydite grade --help` lists them."""

OPTIONS = {option.field: option for option in _TABLE}
