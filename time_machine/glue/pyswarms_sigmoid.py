"""PySwarms' sigmoid, a method that asks nothing of its object."""

from functools import partial

from pyswarms.discrete import BinaryPSO

sigmoid = partial(BinaryPSO._sigmoid, None)
