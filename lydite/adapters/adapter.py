"""Reads adapters: a TOML file that says how a library's functions differ from the contract's calls."""

from __future__ import annotations

import ast
import re
import tomllib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, make_dataclass
from pathlib import Path
from typing import Annotated, Any, Literal

from lydite.kit import conventions
from lydite.kit.calls import CALLS, DERIVATIVES
from lydite.kit.reading import Malformed, keyed, read, unread

ARRAYS = ("numpy", "torch", "jax")
OPTIONS: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "labels": (conventions.LABELS, conventions.LABELLED),
    "batch": (conventions.BATCH, tuple(conventions.ROWS)),
    "reduction": (conventions.REDUCTION, tuple(c for c in CALLS if c in conventions.REDUCED)),
    "dropout_scale": (conventions.DROPOUT_SCALE, conventions.MASKS),
    "at_zero": (conventions.AT_ZERO, conventions.KINKED),
    "params": (conventions.PARAMS, conventions.PARAMETRIC),
    "eps": (conventions.EPS, conventions.REGULARIZED),
    "samples": (conventions.SAMPLES, conventions.NORMALIZED),
    "momentum": (conventions.MOMENTUM, conventions.BLENDED),
    "running_variance": (conventions.RUNNING_VARIANCE, conventions.BLENDED),
}
"""Of each convention: its values, the contract's own first, and the calls to which it can apply."""
EARLY = (
    *("PYTHON", "PYTEST_", "HYPOTHESIS_", "EXECNET_", "LD_", "DYLD_", "NPY_"),
    *("OMP_", "OPENBLAS_", "MKL_", "NUMEXPR_", "VECLIB_"),
)
"""How variables begin that Python, NumPy or whatever grades reads before the library is imported."""
Text = Annotated[str, 1]


ROW = make_dataclass(
    "ROW",
    [
        *(("use", Text, ""), ("args", str, ""), ("autodiff", Text, "")),
        *((option, Literal[values], "") for option, (values, _) in OPTIONS.items()),
    ],
)
"""Keys of a call in `[calls]`."""


@dataclass(frozen=True, slots=True)
class _File:
    """Keys of a file."""

    module: Text = ""
    arrays: Literal["numpy", "torch", "jax"] = "numpy"
    dtype: Literal["float64", "float32"] | None = None
    env: Mapping[str, str] = field(default_factory=dict)
    calls: Mapping[str, Text | Mapping[str, Any]] = field(default_factory=dict)
    python: Mapping[str, str] = field(default_factory=dict)


class AdapterError(ValueError):
    """An adapter file says something that it cannot say; the text names the file and the key."""


@dataclass(frozen=True, slots=True)
class Argument:
    """One argument of a library's function: an argument of ours by name, or a constant."""

    keyword: str
    name: str = ""
    constant: Any = None


@dataclass(frozen=True, slots=True)
class Mapped:
    """How one call is made of the library. Exactly one of `use`, `autodiff` and `python` is not empty."""

    call: str
    use: str = ""
    autodiff: str = ""
    python: str = ""
    args: tuple[Argument, ...] = ()
    options: Mapping[str, str] = field(default_factory=dict)
    spelled: str = ""

    def __getitem__(self, option: str) -> str:
        """Returns what is declared for a convention, or else the contract's own."""
        return self.options.get(option, OPTIONS[option][0][0])

    def declared(self) -> dict[str, str]:
        """Returns what the file says of this call."""
        told = {"use": self.use, "autodiff": self.autodiff, "python": self.python, "args": self.spelled, **self.options}
        return {key: value for key, value in told.items() if value}


@dataclass(frozen=True, slots=True)
class Adapter:
    """A library's module, the arrays that it takes, their type (any, if empty), and how each call is made of it.

    `env` are variables of the environment, set before the library is imported.
    """

    path: Path
    module: str
    arrays: str
    dtype: str
    calls: dict[str, Mapped]
    env: Mapping[str, str] = field(default_factory=dict)

    @property
    def modules(self) -> list[str]:
        """Returns what has to be imported."""
        places = (self.module, *(mapped.python.partition(":")[0] for mapped in self.calls.values()))
        return list(dict.fromkeys(filter(None, places)))

    def declared(self) -> dict[str, Any]:
        """Returns what the file says, for the report."""
        whole = {"module": self.module, "arrays": self.arrays, "dtype": self.dtype, "env": dict(self.env)}
        calls = {name: mapping.declared() for name, mapping in self.calls.items()}
        return {**{key: value for key, value in whole.items() if value}, "calls": calls}

    def batches(self, call: str) -> bool:
        """Returns whether `call` takes many samples at once."""
        return call in self.calls and self.calls[call]["batch"] == "leading"


def read_adapter(path: Path) -> Adapter:
    """Returns the adapter in the file `path`. Raises AdapterError, naming the key at fault."""
    try:
        table = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise AdapterError(f"{path}: {unread(error)}") from error
    return adapter_of(path, table)


def adapter_of(path: Path, table: dict[str, Any]) -> Adapter:
    """Returns the adapter that `table` states, as a file `path` would. Raises AdapterError, naming that and the key."""
    try:
        return _adapter(path, read(_File, table))
    except Malformed as error:
        raise AdapterError(f"{path.name}: {error}") from None


def _adapter(path: Path, file: _File) -> Adapter:
    twice = sorted(set(file.calls) & set(file.python))
    if twice:
        raise Malformed(f"{twice[0]} stands in calls and in python: one of them is too many")
    if not file.calls and not file.python:
        raise Malformed("no call is mapped", "calls")
    if file.calls and not file.module:
        raise Malformed("missing; it names the module that the functions of [calls] are taken from", "module")
    mapped = dict(_mapped("calls", file.calls, lambda name, row: _mapping(name, row, file.arrays)))
    mapped |= _mapped("python", file.python, _by_hand)
    _check_derived(mapped)
    in_order = {name: mapped[name] for name in CALLS if name in mapped}
    for name, value in file.env.items():
        _check_variable(name, value)
    return Adapter(path, file.module, file.arrays, file.dtype or "", in_order, file.env)


def _mapped(table: str, rows: Mapping[str, Any], mapping: Callable[[str, Any], Mapped]) -> Iterator[tuple[str, Mapped]]:
    for name, row in rows.items():
        if name not in CALLS:
            raise Malformed(f"the contract has no call {name!r}", table, keyed(name))
        try:
            yield name, mapping(name, row)
        except Malformed as error:
            raise error.under(keyed(name)).under(table) from None


def _mapping(name: str, written: Any, arrays: str) -> Mapped:
    row: Any = read(ROW, {"use": written} if isinstance(written, str) else written)
    if bool(row.use) == bool(row.autodiff):
        raise Malformed("needs either use or autodiff, and not both")
    options = {option: value for option in OPTIONS if (value := getattr(row, option))}
    _check_options(name, options, bool(row.autodiff))
    if row.autodiff:
        if row.args:
            raise Malformed("belongs to the call that is differentiated", "args")
        if arrays == "numpy":
            raise Malformed("NumPy differentiates nothing; arrays has to be torch or jax", "autodiff")
        return Mapped(name, autodiff=row.autodiff, options=options)
    if options.get("batch") == "leading" and name in conventions.REDUCED and "reduction" not in options:
        raise Malformed("missing; a batch is reduced by sum, mean or none", "reduction")
    tokens = parameters(name, options.get("params", "separate"))
    return Mapped(name, row.use, args=_arguments(row.args, tokens), options=options, spelled=row.args)


def _check_derived(mapped: Mapping[str, Mapped]) -> None:
    for name, mapping in mapped.items():
        if not mapping.autodiff:
            continue
        rule = DERIVATIVES.get(name)
        source = mapped.get(rule.of) if rule else None
        why = ""
        if rule is None:
            why = f"{name} is the derivative of no other call"
        elif mapping.autodiff != rule.of:
            why = f"{name} is a derivative of {rule.of}, not of {mapping.autodiff!r}"
        elif source is None or not source.use:
            why = f"{rule.of} has to be mapped by use"
        if why:
            raise Malformed(why, "calls", name, "autodiff")


def parameters(call: str, params: str) -> tuple[str, ...]:
    """Returns the names by which `args` can refer to our arguments: those of the call, perhaps joined."""
    names = CALLS[call].parameters
    if params == "separate":
        return names
    if params == "margin":
        return ("margin", *(name for name in names if name not in {"w", "b", "X"}))
    return ("theta", *(name for name in names if name not in {"w", "b"}))


def _check_variable(name: str, value: str) -> None:
    why = ""
    if not re.fullmatch(r"[A-Za-z_][A-Za-z0-9_]*", name):
        why = f"{name!r} is not the name of a variable"
    elif "\0" in value:
        why = f"a variable cannot hold {value!r}"
    elif name.startswith(EARLY):
        why = "is read before the library is imported; set it where Lydite is called"
    if why:
        raise Malformed(why, "env", keyed(name))


def _check_options(name: str, options: Mapping[str, str], derived: bool) -> None:
    for option, value in options.items():
        calls = OPTIONS[option][1]
        if name not in calls:
            raise Malformed(f"says nothing of {name}; it applies to {', '.join(calls)}", option)
        if derived and option != "at_zero":
            raise Malformed("belongs to the call that is differentiated", option)
        if option == "params" and value == "margin" and name not in conventions.MARGINAL:
            raise Malformed(f"margins alone do not determine {name}", option)
    reduction = options.get("reduction", "sum")
    if reduction != "sum" and name in conventions.ROWS and options.get("batch") != "leading":
        raise Malformed("there is nothing to reduce without batch = 'leading'", "reduction")
    if CALLS[name].factor and reduction == "none":
        raise Malformed("a step follows a sum or a mean", "reduction")


def _by_hand(name: str, row: str) -> Mapped:
    if not all(row.partition(":")):
        raise Malformed(f"{row!r} is not of the form 'module:function'")
    return Mapped(name, python=row)


def _arguments(spelled: str, tokens: tuple[str, ...]) -> tuple[Argument, ...]:
    """Returns the places of `args`, written as in a call: names of ours, or Python literals."""
    if not spelled:
        return tuple(Argument("", token) for token in tokens)
    try:
        call = ast.parse(f"f({spelled})", mode="eval").body
    except SyntaxError as error:
        raise Malformed(f"{spelled!r} is not written as the arguments of a call", "args") from error
    if not isinstance(call, ast.Call):
        raise Malformed(f"{spelled!r} is not written as the arguments of a call", "args")
    places = [("", node) for node in call.args] + [(keyword.arg or "", keyword.value) for keyword in call.keywords]
    arguments = tuple(_argument(keyword, node, tokens) for keyword, node in places)
    unused = [token for token in tokens if token not in {a.name for a in arguments}]
    if unused:
        raise Malformed(f"leaves out {', '.join(unused)}", "args")
    return arguments


def _argument(keyword: str, node: ast.expr, tokens: tuple[str, ...]) -> Argument:
    if isinstance(node, ast.Name) and node.id in tokens:
        return Argument(keyword, node.id)
    try:
        return Argument(keyword, constant=ast.literal_eval(node))
    except ValueError:
        why = f"{ast.unparse(node)} is neither one of {', '.join(tokens)} nor a literal"
        raise Malformed(why, "args") from None
