"""Tests that the members of a library are found, however it behaves, and that no signature stops a draft."""

from __future__ import annotations

import inspect
import sys
import warnings
from collections.abc import Callable, Iterator
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lydite.adapters.adapter import _arguments as read
from lydite.adapters.adapter import parameters
from lydite.commands import draft, members
from lydite.kit.calls import CALLS

HOSTILE = """
import warnings


class Unhashable(dict):
    __hash__ = None

    def __eq__(self, other):
        raise RuntimeError("compared")


class Proxy:
    @property
    def __class__(self):
        raise RuntimeError("asked for its class")

    def __call__(self, z):
        return z


class Raises:
    @property
    def __signature__(self):
        raise RuntimeError("asked for its signature")

    def __call__(self, z):
        raise SystemExit("called")


def softmax(z, cache=Unhashable(), *rest, axis=-1, **options):
    import numpy as np
    e = np.exp(z - z.max(axis=axis, keepdims=True))
    return e / e.sum(axis=axis, keepdims=True)


def softmax_keyword(*, z, seen=[], table={}):
    return softmax(z)


proxy_softmax, softmax_raises = Proxy(), Raises()
sigmoid = min


def __getattr__(name):
    if name == "softmax_retired":
        warnings.warn("it is gone", DeprecationWarning)
        return softmax
    raise ImportError(f"{name} is lazy, and what it needs is not installed")


def __dir__():
    return [*globals(), "softmax_retired", "softmax_lazy", 7]
"""


@pytest.fixture
def library(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[str, str], None]]:
    """Writes a module of the package `hostilelib`."""
    monkeypatch.syspath_prepend(str(tmp_path))
    before = set(sys.modules)

    def write(name: str, source: str) -> None:
        path = tmp_path / "hostilelib" / f"{name}.py"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(source, encoding="utf-8")

    yield write
    for name in set(sys.modules) - before:
        if name.startswith("hostilelib"):
            del sys.modules[name]


def test_whatever_raises_when_it_is_looked_at_is_left_out(library: Callable[[str, str], None]) -> None:
    library("__init__", HOSTILE)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        found = members.members(import_module("hostilelib"))
    assert {"softmax", "softmax_keyword", "softmax_raises", "sigmoid"} <= set(found.functions)
    assert "softmax_lazy" not in found.functions


def test_a_hostile_library_is_drafted(library: Callable[[str, str], None]) -> None:
    library("__init__", HOSTILE)
    lines = draft.draft("hostilelib").splitlines()
    [mapped] = [one for one in lines if one.startswith("softmax")]
    assert 'batch = "leading"' in mapped


def test_submodules_are_looked_into_and_those_that_are_not_are_named(
    library: Callable[[str, str], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    library("__init__", "")
    library("activations", HOSTILE)
    library("broken", "raise ImportError('needs cupy')")
    library("ends", "raise SystemExit(3)")
    library("tests", "raise AssertionError('a test was imported')")
    library("_private", "raise AssertionError('a private module was imported')")
    library("zlast", "def softmax_last(z): return z")
    monkeypatch.setattr(members, "IMPORTED", 3)
    found = members.members(import_module("hostilelib"))
    assert "activations.softmax" in found.functions
    assert found.skipped == {
        "broken": "importing it raised ImportError: needs cupy",
        "ends": "importing it raised SystemExit: 3",
        "zlast": "beyond the 3 that are imported",
    }
    text = draft.draft("hostilelib")
    assert 'softmax = { use = "activations.softmax", batch = "leading" }' in text
    assert "# Not looked into: broken (importing it raised ImportError: needs cupy)" in text


NAMES = st.sampled_from(
    ["z", "x", "y", "logits", "labels", "axis", "dim", "from_logits", "reduction", "training", "f", "running_mean"]
)
PLACES: st.SearchStrategy[list[tuple[str, Any, Any]]] = st.lists(
    st.tuples(
        NAMES, st.sampled_from(list(inspect._ParameterKind)), st.sampled_from([inspect.Parameter.empty, [], {}, None])
    ),
    max_size=7,
    unique_by=lambda place: place[0],
)


def function_of(places: list[tuple[str, Any, Any]]) -> Callable[..., Any]:
    """A function of that signature, which answers what it was given by position."""
    made: list[inspect.Parameter] = []
    for name, kind, default in sorted(places, key=lambda place: place[1]):
        star = kind in {inspect.Parameter.VAR_POSITIONAL, inspect.Parameter.VAR_KEYWORD}
        if star and any(p.kind is kind for p in made):
            continue
        after_default = any(p.default is not p.empty for p in made if p.kind <= inspect.Parameter.POSITIONAL_OR_KEYWORD)
        needs = default is inspect.Parameter.empty and after_default and kind <= inspect.Parameter.POSITIONAL_OR_KEYWORD
        told = inspect.Parameter.empty if star else [] if needs else default
        made.append(inspect.Parameter(name, kind, default=told))

    def function(*args: Any, **keywords: Any) -> Any:
        return args, keywords

    function.__signature__ = inspect.Signature(made)  # type: ignore[attr-defined]
    return function


@settings(max_examples=300)
@given(PLACES, st.sampled_from(sorted(CALLS)))
def test_every_signature_is_called_as_it_can_be(places: list[tuple[str, Any, Any]], call: str) -> None:
    """Each way to give the arguments binds to the signature, gives each once, and is written as it is read."""
    function, tokens = function_of(places), parameters(call, "separate")
    for args, spelled in draft._arguments(function, tokens, {"reduction": "mean"}):
        given = [a for a in args if a.name]
        assert sorted(a.name for a in given) == sorted(tokens)
        assert read(spelled, tokens) == args
        inspect.signature(function).bind(
            *(a for a in args if not a.keyword), **{a.keyword: a for a in args if a.keyword}
        )
