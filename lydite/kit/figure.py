"""Figures of a document: what draws each, and how they look alike."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

COLOURS = ("#0072b2", "#d55e00", "#009e73", "#000000")
"""Blue, vermilion, bluish green, black: distinguished by all kinds of colour vision (Okabe and Ito), and in print."""
LINES, MARKERS = ("-", "--", "-.", ":"), ("o", "s", "^", "D")


@dataclass(frozen=True, slots=True)
class Drawing:
    """How a figure is drawn: `draw` fills the axes of matplotlib, and returns the text alternative."""

    name: str
    question: str
    claims: tuple[str, ...]
    caption: str
    panels: int
    draw: Callable[..., str]


DRAWINGS: list[Drawing] = []
"""All that have been registered, in the order of the document."""


def figure(question: str, *claims: str, panels: int = 1) -> Callable[[Callable[..., str]], Callable[..., str]]:
    """Registers a drawing; its caption is its docstring."""

    def register(draw: Callable[..., str]) -> Callable[..., str]:
        caption = " ".join((draw.__doc__ or "").split())
        DRAWINGS.append(Drawing(draw.__name__, question, claims, caption, panels, draw))
        return draw

    return register


def line(place: int) -> dict[str, Any]:
    """Returns the style of a line: of each place another color and dash."""
    return {"color": COLOURS[place], "linestyle": LINES[place], "linewidth": 2}


def points(place: int) -> dict[str, Any]:
    """Returns the style of points."""
    return {"color": COLOURS[place], "marker": MARKERS[place], "linestyle": "none", "markersize": 6}
