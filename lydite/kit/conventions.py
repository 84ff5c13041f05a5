"""How libraries commonly differ from the contract: which calls a convention can apply to, and what it does there."""

from __future__ import annotations

from lydite.kit.calls import CALLS, DERIVATIVES

LABELS = ("one-hot", "integer", "plus-minus-one", "distribution", "one-hot-only")
BATCH = ("none", "leading")
REDUCTION = ("sum", "mean", "none")
DROPOUT_SCALE = ("none", "inverted")
AT_ZERO = ("alpha", "one", "half")
PARAMS = ("separate", "bias-last", "bias-first", "margin")
EPS = ("not-negative", "positive")
SAMPLES = ("one-or-more", "two-or-more")
MOMENTUM = ("batch", "running")
RUNNING_VARIANCE = ("biased", "unbiased")
"""The values of each convention; the first of each is the contract's own."""

ROWS = {name: call.rows for name, call in CALLS.items() if call.rows}
"""The calls that libraries offer for many samples at once, and which of their parameters then have a row a sample."""

ROW_BY_ROW = frozenset(name for name in ROWS if not CALLS[name].sums)
"""Those of them whose answer has a row a sample as well; a reduction to the mean divides its rows."""

SUMS = tuple(name for name, call in CALLS.items() if call.sums and not call.rows)
"""The calls that are a sum over the samples already."""

DISCRETE = frozenset(name for call in CALLS.values() for name in call.discrete)
"""Arguments that are often whole numbers, and arrive as integers or booleans then."""
SCALARS = frozenset(name for call in CALLS.values() for name in call.scalars)
"""The parameters that are one number."""

LABELLED = tuple(name for name, call in CALLS.items() if "y" in call.parameters)
PARAMETRIC = tuple(name for name, call in CALLS.items() if {"w", "b", "X"} <= set(call.parameters))
MARGINAL = tuple(name for name in PARAMETRIC if "d" not in CALLS[name].sizes)
"""The calls that can be made by the margins `X w + b` alone."""
REGULARIZED = tuple(name for name, call in CALLS.items() if "eps" in call.parameters)
BLENDED = tuple(name for name, call in CALLS.items() if "momentum" in call.parameters)
NORMALIZED = tuple(n for n, call in CALLS.items() if ("n", "d") in call.answers and "variance" not in call.parameters)
"""The calls that take statistics of a batch, and may want two samples for that."""
KINKED = tuple(name for name, call in CALLS.items() if call.kinked)
MASKS = tuple(name for name, call in CALLS.items() if call.random and "p" in call.parameters)
"""The calls that draw zeros with a probability, and may divide what is left by that of the others."""

REDUCED = frozenset(n for n, call in CALLS.items() if call.sums or (n in DERIVATIVES and CALLS[DERIVATIVES[n].of].sums))
"""The calls for which a reduction over samples can be declared: sums, and derivatives of sums."""
