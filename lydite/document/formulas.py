"""Converts formulas from LaTeX, as the claims have it, to MathML, which browsers render without a script."""

from __future__ import annotations

from functools import lru_cache

from lydite.templates import NoEngine


def mathml(latex: str) -> str:
    """Returns `latex` as a displayed formula of MathML Core. Raises NoEngine, and ValueError where it is none."""
    return _rendered(latex)


@lru_cache(maxsize=1 << 10)
def _rendered(latex: str) -> str:
    try:
        import math_core  # noqa: PLC0415  (an extra)
    except ImportError as error:
        raise NoEngine("formulas are rendered by an extra, install it: pip install 'lydite[document]'") from error
    try:
        return math_core.LatexToMathML().convert_with_local_state(latex, displaystyle=True)
    except math_core.LatexError as error:
        raise ValueError(f"{latex!r} is not a formula: {error}") from error
