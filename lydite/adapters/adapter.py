"""Adapters: a TOML file that says how a library's functions differ from the contract's calls."""

from __future__ import annotations

import ast
import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from lydite.kit import conventions
from lydite.kit.calls import CALLS, DERIVATIVES

ARRAYS = ("numpy", "torch", "jax")
DTYPES = ("float64", "float32")
TOP = ("module", "arrays", "dtype", "env", "calls", "python")
OPTIONS: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "labels": (conventions.LABELS, conventions.LABELLED),
    "batch": (conventions.BATCH, tuple(conventions.ROWS)),
    "reduction": (conventions.REDUCTION, tuple(c for c in CALLS if c in conventions.REDUCED)),
    "dropout_scale": (conventions.DROPOUT_SCALE, conventions.MASKS),
    "at_zero": (conventions.AT_ZERO, conventions.KINKED),
    "params": (conventions.PARAMS, conventions.PARAMETRIC),
    "eps": (conventions.EPS, conventions.REGULARIZED),
    "samples": (conventions.SAMPLES, conventions.NORMALIZED),
}
"""Of each convention: its values, the contract's own first, and the calls to which it can apply."""
EARLY = (
    *("PYTHON", "PYTEST_", "HYPOTHESIS_", "EXECNET_", "LD_", "DYLD_", "NPY_"),
    *("OMP_", "OPENBLAS_", "MKL_", "NUMEXPR_", "VECLIB_"),
)
"""How variables begin that Python, NumPy or whatever grades reads before the library is imported."""
KEYS = ("use", "args", "autodiff", *OPTIONS)


class AdapterError(ValueError):
    """An adapter file says something that it cannot say; the text names the file and the key."""


@dataclass(frozen=True, slots=True)
class Argument:
    """What a library's function is given in one place: an argument of ours by name, or a constant."""

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
        """What is declared for a convention, or else the contract's own."""
        return self.options.get(option, OPTIONS[option][0][0])

    def declared(self) -> dict[str, str]:
        """What the file says of this call."""
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
        """What the file says, for the report."""
        whole = {"module": self.module, "arrays": self.arrays, "dtype": self.dtype, "env": dict(self.env)}
        calls = {name: mapping.declared() for name, mapping in self.calls.items()}
        return {**{key: value for key, value in whole.items() if value}, "calls": calls}

    def batches(self, call: str) -> bool:
        """Whether `call` takes many samples at once."""
        return call in self.calls and self.calls[call]["batch"] == "leading"


def read_adapter(path: Path) -> Adapter:
    """The adapter in the file `path`. Raises AdapterError, naming the key at fault."""
    try:
        table = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise AdapterError(f"{path}: {error}") from error
    return adapter_of(path, table)


def adapter_of(path: Path, table: dict[str, Any]) -> Adapter:
    """Returns the adapter that `table` states, as a file `path` would. Raises AdapterError, naming that and the key."""
    try:
        return _Reader(path, table).adapter()
    except AdapterError as error:
        raise AdapterError(f"{path.name}: {error}") from None


class _Reader:
    """Checks the tables of one file."""

    def __init__(self, path: Path, table: dict[str, Any]) -> None:
        self.path = path
        self.table = table

    def adapter(self) -> Adapter:
        _known(self.table, TOP, "")
        calls, python = (_table(self.table, key) for key in ("calls", "python"))
        twice = sorted(set(calls) & set(python))
        if twice:
            raise AdapterError(f"{twice[0]} stands in calls and in python: one of them is too many")
        if not calls and not python:
            raise AdapterError("calls: no call is mapped")
        module = _text(self.table, "module", "")
        if calls and not module:
            raise AdapterError("module: missing; it names the module that the functions of [calls] are taken from")
        arrays = _one_of(_text(self.table, "arrays", "") or ARRAYS[0], ARRAYS, "arrays")
        dtype = _text(self.table, "dtype", "")
        mapped = {name: self._mapping(name, row, arrays) for name, row in calls.items()}
        mapped |= {name: _by_hand(name, row) for name, row in python.items()}
        self._check_derived(mapped)
        in_order = {name: mapped[name] for name in CALLS if name in mapped}
        env = dict(_variables(_table(self.table, "env")))
        return Adapter(self.path, module, arrays, dtype and _one_of(dtype, DTYPES, "dtype"), in_order, env)

    def _mapping(self, name: str, row: Any, arrays: str) -> Mapped:
        where = f"calls.{name}"
        _check_call(name, where)
        row = {"use": row} if isinstance(row, str) else row
        if not isinstance(row, dict):
            raise AdapterError(f"{where}: {row!r} is neither a name nor a table")
        _known(row, KEYS, f"{where}.")
        use, autodiff, spelled = (_text(row, key, f"{where}.") for key in ("use", "autodiff", "args"))
        if bool(use) == bool(autodiff):
            raise AdapterError(f"{where}: needs either use or autodiff, and not both")
        options = dict(_options(name, row, bool(autodiff)))
        if autodiff:
            if spelled:
                raise AdapterError(f"{where}.args: belongs to the call that is differentiated")
            if arrays == "numpy":
                raise AdapterError(f"{where}.autodiff: NumPy differentiates nothing; arrays has to be torch or jax")
            return Mapped(name, autodiff=autodiff, options=options)
        if options.get("batch") == "leading" and name in conventions.REDUCED and "reduction" not in options:
            raise AdapterError(f"{where}.reduction: missing; a batch is reduced by sum, mean or none")
        tokens = parameters(name, options.get("params", "separate"))
        return Mapped(name, use, args=_arguments(spelled, tokens, where), options=options, spelled=spelled)

    def _check_derived(self, mapped: dict[str, Mapped]) -> None:
        for name, mapping in mapped.items():
            if not mapping.autodiff:
                continue
            rule = DERIVATIVES.get(name)
            where = f"calls.{name}.autodiff"
            if rule is None:
                raise AdapterError(f"{where}: {name} is the derivative of no other call")
            if mapping.autodiff != rule.of:
                raise AdapterError(f"{where}: {name} is a derivative of {rule.of}, not of {mapping.autodiff!r}")
            source = mapped.get(rule.of)
            if source is None or not source.use:
                raise AdapterError(f"{where}: {rule.of} has to be mapped by use")


def parameters(call: str, params: str) -> tuple[str, ...]:
    """The names by which `args` can refer to our arguments: those of the call, its parameters perhaps joined."""
    names = CALLS[call].parameters
    if params == "separate":
        return names
    if params == "margin":
        return ("margin", *(name for name in names if name not in {"w", "b", "X"}))
    return ("theta", *(name for name in names if name not in {"w", "b"}))


def _variables(table: dict[str, Any]) -> Iterator[tuple[str, str]]:
    for name, value in table.items():
        where = f"env.{name}"
        if not re.fullmatch(r"[A-Za-z_][A-Za-z0-9_]*", name):
            raise AdapterError(f"{where}: {name!r} is not the name of a variable")
        if not isinstance(value, str) or "\0" in value:
            raise AdapterError(f"{where}: {value!r} is not a text")
        if name.startswith(EARLY):
            raise AdapterError(f"{where}: is read before the library is imported; set it where Lydite is called")
        yield name, value


def _options(name: str, row: dict[str, Any], derived: bool) -> Iterator[tuple[str, str]]:
    for option, (values, calls) in OPTIONS.items():
        where = f"calls.{name}.{option}"
        if option not in row:
            continue
        if name not in calls:
            raise AdapterError(f"{where}: says nothing of {name}; it applies to {', '.join(calls)}")
        if derived and option != "at_zero":
            raise AdapterError(f"{where}: belongs to the call that is differentiated")
        value = _one_of(_text(row, option, f"calls.{name}."), values, where)
        if option == "params" and value == "margin" and name not in conventions.MARGINAL:
            raise AdapterError(f"{where}: margins alone do not determine {name}")
        yield option, value
    if row.get("reduction", "sum") != "sum" and name in conventions.ROWS and row.get("batch") != "leading":
        raise AdapterError(f"calls.{name}.reduction: there is nothing to reduce without batch = 'leading'")
    if CALLS[name].factor and row.get("reduction") == "none":
        raise AdapterError(f"calls.{name}.reduction: a step follows a sum or a mean")


def _by_hand(name: str, row: Any) -> Mapped:
    where = f"python.{name}"
    _check_call(name, where)
    if not isinstance(row, str) or not all(row.partition(":")):
        raise AdapterError(f"{where}: {row!r} is not of the form 'module:function'")
    return Mapped(name, python=row)


def _arguments(spelled: str, tokens: tuple[str, ...], where: str) -> tuple[Argument, ...]:
    """The places of `args`, written as in a call: names of ours, or Python literals."""
    if not spelled:
        return tuple(Argument("", token) for token in tokens)
    try:
        call = ast.parse(f"f({spelled})", mode="eval").body
    except SyntaxError as error:
        raise AdapterError(f"{where}.args: {spelled!r} is not written as the arguments of a call") from error
    if not isinstance(call, ast.Call):
        raise AdapterError(f"{where}.args: {spelled!r} is not written as the arguments of a call")
    places = [("", node) for node in call.args] + [(keyword.arg or "", keyword.value) for keyword in call.keywords]
    arguments = tuple(_argument(keyword, node, tokens, where) for keyword, node in places)
    unused = [token for token in tokens if token not in {a.name for a in arguments}]
    if unused:
        raise AdapterError(f"{where}.args: leaves out {', '.join(unused)}")
    return arguments


def _argument(keyword: str, node: ast.expr, tokens: tuple[str, ...], where: str) -> Argument:
    if isinstance(node, ast.Name) and node.id in tokens:
        return Argument(keyword, node.id)
    try:
        return Argument(keyword, constant=ast.literal_eval(node))
    except ValueError:
        raise AdapterError(
            f"{where}.args: {ast.unparse(node)} is neither one of {', '.join(tokens)} nor a literal"
        ) from None


def _check_call(name: str, where: str) -> None:
    if name not in CALLS:
        raise AdapterError(f"{where}: the contract has no call {name!r}")


def _known(table: dict[str, Any], keys: tuple[str, ...], where: str) -> None:
    for key in table:
        if key not in keys:
            raise AdapterError(f"{where}{key}: unknown; there are {', '.join(keys)}")


def _table(table: dict[str, Any], key: str) -> dict[str, Any]:
    value = table.get(key, {})
    if not isinstance(value, dict):
        raise AdapterError(f"{key}: {value!r} is not a table")
    return value


def _text(table: dict[str, Any], key: str, where: str) -> str:
    value = table.get(key, "")
    if not isinstance(value, str):
        raise AdapterError(f"{where}{key}: {value!r} is not a text")
    if key in table and not value and key != "args":
        raise AdapterError(f"{where}{key}: is empty")
    return value


def _one_of(value: str, values: tuple[str, ...], where: str) -> str:
    if value not in values:
        raise AdapterError(f"{where}: {value!r} is none of {', '.join(values)}")
    return value
