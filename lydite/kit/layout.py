"""The same numbers, laid out otherwise: integers, booleans, Fortran order, strides, 0-d arrays."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, TypeVar

import numpy as np

from lydite.kit.arrays import Array
from lydite.kit.case import Case
from lydite.kit.source import Source

C = TypeVar("C", bound=Case)


def relaid(case: C, source: Source) -> C:
    """`case` with every array and float in a layout drawn from `source`; the numbers stay the same.

    Of the arrays that are not discrete one at most arrives as integers: code may keep the type of what it computes.
    """
    laid = [(name, v) for name, v in case.inputs().items() if isinstance(v, np.ndarray) or type(v) is float]
    arrays = [name for name, value in laid if isinstance(value, np.ndarray)]
    whole = {*case.discrete, *([source.choice(arrays)] if arrays else [])}
    return replace(case, **{n: _relaid(value, n in case.discrete, n in whole, source) for n, value in laid})


def _relaid(value: Any, discrete: bool, whole: bool, source: Source) -> Any:
    if type(value) is float:
        return source.choice((value, source.dtype.type(value), source.array(value)))
    if whole and (value == np.round(value)).all():
        value = value.astype(source.choice(_narrow(value) if discrete else _whole(value)))
    a = source.choice(LAYOUTS)(value)
    a.flags.writeable = False
    return a


def _whole(value: Array) -> list[Any]:
    """Returns the types in which whole numbers `value` are usually written."""
    return [np.int64, np.int32, value.dtype.type] if np.abs(value).max(initial=0) < 2**31 else [value.dtype.type]


def _narrow(value: Array) -> list[Any]:
    """Returns the types that hold whole numbers `value` exactly: booleans and bytes where they fit.

    Bytes twice as often: what is computed in them leaves their range first.
    """
    types = _whole(value)
    if np.abs(value).max(initial=0) < 128:
        types += 2 * [np.int8]
    if ((value == 0) | (value == 1)).all():
        types += [np.bool_, np.uint8]
    return types


def _strided(a: Array) -> Array:
    """Returns every second entry of a larger array along the last axis."""
    if a.ndim == 0:
        return a.copy()
    wide = np.full((*a.shape[:-1], 2 * a.shape[-1]), 99, dtype=a.dtype)
    wide[..., ::2] = a
    return wide[..., ::2]


def _reversed(a: Array) -> Array:
    """Returns a view with negative strides."""
    return a[::-1].copy()[::-1] if a.ndim else a.copy()


def _fortran(a: Array) -> Array:
    return np.array(a, order="F")


def _contiguous(a: Array) -> Array:
    return np.array(a, order="C")


LAYOUTS = (_fortran, _strided, _reversed, _contiguous)
