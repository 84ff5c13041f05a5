"""Draws the figures of the document on trial as vector graphics."""

from __future__ import annotations

import base64
import io
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from lydite import suite
from lydite.kit.figure import COLOURS, DRAWINGS, Drawing, points
from lydite.notation import extras
from lydite.templates import NoEngine

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

STYLE: Any = {
    "svg.hashsalt": "lydite",
    "svg.fonttype": "path",
    "font.size": 11,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.titlesize": 11,
    "legend.frameon": False,
    "legend.fontsize": 10,
}
WIDTH, HEIGHT = 7.2, 3.9
PIXELS = 100


@dataclass(frozen=True, slots=True)
class Plot:
    """A drawn figure: where it belongs, its graphics as a `data:` address, its caption, and the same in words."""

    name: str
    question: str
    claims: tuple[str, ...]
    caption: str
    alt: str
    source: str
    height: int


def drawn(draw: Callable[..., str], panels: int = 1, height: float = HEIGHT) -> tuple[str, str]:
    """Returns what `draw` says of the axes that it fills, and their graphics as an address. Raises NoEngine."""
    try:
        from matplotlib import rc_context  # noqa: PLC0415  (an extra)
        from matplotlib.figure import Figure  # noqa: PLC0415
    except ImportError as error:
        raise NoEngine(f"figures are drawn by an extra, install it: {extras.command('document')}") from error
    with rc_context(STYLE):
        figure = Figure((WIDTH, height), layout="constrained")
        axes = [figure.add_subplot(1, panels, place + 1) for place in range(panels)]
        alt = draw(*axes)
        return alt, _address(figure)


def plots() -> Iterator[Plot]:
    """Yields every figure of the suite, in the order of the document. Raises NoEngine."""
    suite.load("properties.document", "figures.py")
    yield from map(plot, DRAWINGS)


def plot(drawing: Drawing) -> Plot:
    """Draws a figure, the same bytes every time. Raises NoEngine without the extra."""
    alt, graphics = drawn(drawing.draw, drawing.panels)
    height = round(HEIGHT * PIXELS)
    return Plot(drawing.name, drawing.question, drawing.claims, drawing.caption, alt, graphics, height)


def _address(figure: Figure) -> str:
    buffer = io.BytesIO()
    figure.savefig(buffer, format="svg", metadata={"Date": None, "Creator": None})
    return "data:image/svg+xml;base64," + base64.b64encode(buffer.getvalue()).decode("ascii")


# -- Experiments --


def effects(estimates: Sequence[dict[str, Any]]) -> tuple[str, str]:
    """Returns a row for each condition, with the effect for each seed, their mean and its interval; see `drawn`."""

    def draw(axes: Axes) -> str:
        labels = [e["condition"] for e in estimates]
        for place, e in enumerate(estimates):
            axes.plot(e["values"], [place + 0.22] * len(e["values"]), "|", color="#606060", markersize=8)
            axes.plot([e["low"], e["high"]], [place, place], color=COLOURS[0], linewidth=3)
            axes.plot(e["mean"], place, **points(0))
        axes.axvline(0, color=COLOURS[3], linewidth=1)
        axes.set(yticks=range(len(labels)), yticklabels=labels, ylim=(len(labels) - 0.5, -0.6))
        axes.set_xlabel("effect; to the right, as the document says")
        return "; ".join(
            f"{e['condition']}: {e['mean']:.3g}, from {e['low']:.3g} to {e['high']:.3g}" for e in estimates
        )

    return drawn(draw, height=effects_height(estimates))


def effects_height(estimates: Sequence[dict[str, Any]]) -> float:
    """Returns the height of such a figure, in inches."""
    return 0.9 + 0.5 * len(estimates)
