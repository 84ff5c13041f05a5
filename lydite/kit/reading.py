"""Reads tables of TOML or JSON into dataclasses, strictly: an error gives the path of the key. Writes them again."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Callable, Collection, Hashable, Mapping
from dataclasses import MISSING, fields, is_dataclass
from datetime import date, datetime
from enum import Enum
from functools import cache, partial
from types import NoneType, UnionType
from typing import Annotated, Any, Literal, TypeVar, Union, cast, get_args, get_origin, get_type_hints, is_typeddict

T = TypeVar("T")
Read = Callable[[Any], Any]

NAMED = frozenset({"nan", "inf", "-inf"})
"""Numbers that JSON has no spelling for."""
KINDS = {bool: "a boolean", int: "an integer", float: "a number", str: "a string", list: "a list", dict: "a table"}
KINDS |= {NoneType: "null", datetime: "a time", date: "a date"}
"""The names of types in errors."""
OMITTED = {"omitted": True}
"""The metadata of a field that is not written where it has its default."""


class Malformed(ValueError):
    """A value is not what its key may have; the text begins with the path of the key."""

    def __init__(self, why: str, *path: str) -> None:
        super().__init__(why, *path)
        self.why = why
        self.path = path  # keys and places in lists, as they are shown

    def __str__(self) -> str:
        place = "".join(step if step.startswith("[") else f".{step}" for step in self.path).removeprefix(".")
        return f"{place}: {self.why}" if place else self.why

    def under(self, step: str) -> Malformed:
        """Returns the same error, as the table or list sees it that holds the value at `step`."""
        return type(self)(self.why, step, *self.path)


def unread(error: OSError | ValueError) -> str:
    """Returns why a file cannot be read, without its name, which goes before."""
    return getattr(error, "strerror", None) or str(error)


def read(kind: type[T], datum: Any, *, others: bool = False) -> T:
    """Returns `datum`, what TOML or JSON holds, as the dataclass `kind`; with `others`, ignores keys that it lacks.

    Raises Malformed. Checks strings (of a StrEnum or Literal, or with a pattern in their annotation), numbers (finite,
    unless their annotation names others, at least what it says, or in its range), times, lists (as lists or tuples),
    tables, and dataclasses, each of which may raise Malformed in its `__post_init__`, or typed dictionaries.
    """
    return cast("T", _reader(cast("Hashable", kind), others)(datum))


def written(value: Any) -> Any:
    """Returns `value`, a dataclass or a part of one, as JSON: its fields in order."""
    if is_dataclass(value) and not isinstance(value, type):
        pairs = ((f, getattr(value, f.name)) for f in fields(value))
        return {f.name: written(v) for f, v in pairs if not f.metadata.get("omitted") or v != _default(f)}
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, Mapping):
        return {key: written(one) for key, one in value.items()}
    if isinstance(value, tuple | list):
        return [written(one) for one in value]
    return str(value) if isinstance(value, float) and not math.isfinite(value) else value


def keyed(key: str) -> str:
    """Returns `key` as a path shows it: in quotes where it is not one word."""
    return key if re.fullmatch(r"[\w-]+", key, re.ASCII) else json.dumps(key[:MOST])


def _placed(place: int, datum: Any) -> str:
    """Returns a place in a list as a path shows it, with the name of what stands there."""
    name = datum.get("name", datum.get("id")) if isinstance(datum, dict) else None
    return f"[{place} {json.dumps(name[:MOST])}]" if isinstance(name, str) else f"[{place}]"


def _default(field: Any) -> Any:
    return field.default if field.default_factory is MISSING else field.default_factory()


def _expected(what: str, datum: Any) -> Malformed:
    said = KINDS.get(type(datum), type(datum).__name__)
    if isinstance(datum, str | bool | int | float):
        said = repr(datum) if isinstance(datum, float) else json.dumps(datum)
    return Malformed(f"expected {what}, got {said if len(said) <= MOST else said[:MOST] + '…'}")


def _any_of(words: Collection[str]) -> str:
    return f"one of: {', '.join(words)}" if words else "no key"


MOST = 100
"""Characters of a string that an error repeats."""
LARGEST = 1 << 1000
"""Numbers are smaller: a float can hold them."""
DEEPEST = 32
"""How deep lists and tables may lie in one another where anything may stand: as deep as an array may."""


@cache
def _reader(kind: Any, others: bool) -> Read:
    """Returns what reads a datum as `kind`, made once for each type."""
    if get_origin(kind) is not None:
        return _composed(get_origin(kind), get_args(kind), others)
    if kind is Any:
        return _free
    if is_dataclass(kind) or is_typeddict(kind):
        return _record(kind, others)
    return partial(_member if issubclass(kind, Enum) else _number if kind is float else _plain, kind)


def _composed(origin: Any, parameters: tuple[Any, ...], others: bool) -> Read:
    if origin is Annotated:
        return partial(_annotated, _reader(parameters[0], others), parameters[1])
    if origin is Literal:
        return partial(_literal, parameters)
    if origin in {Union, UnionType}:
        return partial(_union, {_shape(one): _reader(one, others) for one in parameters})
    if origin in {tuple, list}:
        return partial(_list, origin, _reader(parameters[0], others))
    return partial(_table, *(_reader(one, others) for one in parameters))  # a mapping


def _free(datum: Any, depth: int = DEEPEST) -> Any:
    """Returns `datum`, of which nothing is known, if whoever reads it can recurse into it and compute with it."""
    if isinstance(datum, int | float) and not (abs(datum) < LARGEST):
        raise _expected("a number that a float can hold", datum)
    if isinstance(datum, list | dict):
        if not depth:
            raise Malformed(f"nested more than {DEEPEST} deep")
        for one in datum if isinstance(datum, list) else datum.values():
            _free(one, depth - 1)
    return datum


def _plain(kind: type, datum: Any) -> Any:
    if type(datum) is kind and not (isinstance(datum, int) and abs(datum) >= LARGEST):
        return datum
    raise _expected(KINDS[kind], datum)


def _number(_: type, datum: Any) -> float:
    if type(datum) is float and math.isfinite(datum):
        return datum
    if type(datum) is int and abs(datum) < LARGEST:
        return float(datum)
    raise _expected(KINDS[float], datum)


def _annotated(read: Read, rule: re.Pattern[str] | frozenset[str] | int | range, datum: Any) -> Any:
    if isinstance(rule, frozenset):
        return float(datum) if isinstance(datum, str) and datum in rule else read(datum)
    found = read(datum)
    if isinstance(rule, re.Pattern) and not rule.fullmatch(found):
        raise _expected(f"a string like {rule.pattern}", datum)
    if isinstance(rule, int) and (len(found) if isinstance(found, str) else found) < rule:
        raise _expected("a string that is not empty" if isinstance(found, str) else f"at least {rule}", datum)
    if isinstance(rule, range) and not rule.start <= found <= rule.stop:
        raise _expected(f"a number from {rule.start} to {rule.stop}", datum)
    return found


def _literal(values: tuple[Any, ...], datum: Any) -> Any:
    if any(datum == value and type(datum) is type(value) for value in values):
        return datum
    raise _expected(_any_of([str(value) for value in values]), datum)


def _member(kind: type[Enum], datum: Any) -> Any:
    try:
        return kind(datum)
    except ValueError:
        raise _expected(_any_of([str(one.value) for one in kind]), datum) from None


def _shape(kind: Any) -> type:
    """Returns the type of the datum from which `kind` is read: the alternatives of a union differ in it."""
    kind = get_args(kind)[0] if get_origin(kind) is Annotated else kind
    origin = get_origin(kind) or kind
    if origin in {tuple, list}:
        return list
    if origin is Literal:
        return type(get_args(kind)[0])
    if is_dataclass(origin) or issubclass(origin, Mapping):
        return dict
    return str if issubclass(origin, Enum) else cast("type", origin)


def _union(readers: Mapping[type, Read], datum: Any) -> Any:
    shape = type(datum) if type(datum) is not int or int in readers else float
    if shape is str and str not in readers:
        shape = float  # a number by its name
    if shape in readers:
        return readers[shape](datum) if datum is not None else None
    raise _expected(" or ".join(KINDS[one] for one in readers if one is not NoneType), datum)


def _list(kind: type, read: Read, datum: Any) -> Any:
    if type(datum) is not list:
        raise _expected(KINDS[list], datum)
    found = []
    for place, one in enumerate(datum):
        try:
            found.append(read(one))
        except Malformed as error:
            raise error.under(_placed(place, one)) from None
    return kind(found)


def _table(read_key: Read, read: Read, datum: Any) -> dict[str, Any]:
    if type(datum) is not dict:
        raise _expected(KINDS[dict], datum)
    found = {}
    for key, one in datum.items():
        try:
            name = read_key(key)
            found[name] = read(one)
        except Malformed as error:
            raise error.under(keyed(key)) from None
    return found


def _record(kind: Any, others: bool) -> Read:
    hints = get_type_hints(kind, include_extras=True)
    if is_typeddict(kind):
        needed = list(kind.__required_keys__)
    else:
        needed = [f.name for f in fields(kind) if f.default is MISSING and f.default_factory is MISSING]
    readers = {name: _reader(hints[name], others) for name in hints if not name.startswith("_")}

    def record(datum: Any) -> Any:
        if type(datum) is not dict:
            raise _expected(KINDS[dict], datum)
        found = {}
        for key, one in datum.items():
            if key in readers:
                try:
                    found[key] = readers[key](one)
                except Malformed as error:
                    raise error.under(keyed(key)) from None
            elif not others:
                raise Malformed(f"unknown key; expected {_any_of(readers)}", keyed(key))
        for key in needed:
            if key not in found:
                raise Malformed("missing", keyed(key))
        return kind(**found)

    return record
