"""Composes the minimization of a function of the search for a root of its derivative."""

from lydite.kit.asked import Composed

COMPOSED: Composed = {"newton_minimize": (lambda f, *inputs: f.newton_root(*inputs),)}
