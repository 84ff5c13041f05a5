"""The peer: the same laws under plain Hypothesis, one case an example, drawn with its own array strategies."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from hypothesis import HealthCheck, given, seed, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from lydite.kit.evidence import Tally
from lydite.kit.holds import Implementation, holds
from lydite.kit.law import Law
from spec.definitions.softmax_cross_entropy import Logits

ENTRIES = st.floats(-15, 15, allow_subnormal=False)


@st.composite
def logits(draw: st.DrawFn) -> Logits:
    """One case of softmax cross-entropy, as one would write it at first."""
    classes = draw(st.integers(1, 5))
    z, v = (draw(arrays(np.float64, classes, elements=ENTRIES)) for _ in range(2))
    return Logits(z=z, y=np.eye(classes)[draw(st.integers(0, classes - 1))], v=v)


def check(law: Law, impl: Implementation, examples: int) -> Callable[[], None]:
    """A run of `law` on `examples` cases."""

    @seed(0)
    @settings(max_examples=examples, deadline=None, database=None, suppress_health_check=list(HealthCheck))
    @given(case=logits())
    def plain(case: Logits) -> None:
        holds(law, impl, case, Tally())

    return plain
