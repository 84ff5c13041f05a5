"""How code in another language misreads an array that is handed over."""

from __future__ import annotations

import numpy as np

from lydite.kit import Array


def misread(a: Array) -> Array:
    """`a` as its address and its shape have it, without its strides: what lies in memory from the first entry on.

    Where memory ends before the shape is full, it is read again from there.
    """
    owner = a if a.base is None else a.base
    first = (a.ctypes.data - owner.ctypes.data) // a.itemsize
    return np.resize(owner.ravel(order="K")[first:], a.shape)
