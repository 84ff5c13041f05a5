"""How libraries commonly differ from the contract: which calls a convention can apply to, and what it does there."""

from __future__ import annotations

from spec.contracts import CALLS

LABELS = ("one-hot", "integer", "plus-minus-one", "distribution", "one-hot-only")
BATCH = ("none", "leading")
REDUCTION = ("sum", "mean", "none")
DROPOUT_SCALE = ("none", "inverted")
AT_ZERO = ("alpha", "one", "half")
PARAMS = ("separate", "bias-last", "bias-first", "margin")
EPS = ("not-negative", "positive")
SAMPLES = ("one-or-more", "two-or-more")
"""What each convention may be declared as; the first of each is the contract's own."""

ROWS: dict[str, tuple[str, ...]] = {
    "softmax": ("z",),
    "softmax_jacobian": ("z",),
    "network_predict": ("x", "mask"),
    "network_loss": ("x", "y", "mask"),
    "network_gradient": ("x", "y", "mask"),
    "gaussian_dropout_loss": ("x", "target", "delta"),
    "gaussian_dropout_gradient": ("x", "target", "delta"),
    "cross_entropy": ("z", "y"),
    "cross_entropy_gradient": ("z", "y"),
    "cross_entropy_hessian": ("z",),
}
"""The calls that libraries offer for many samples at once, and which of their parameters then have a row a sample."""

ROW_BY_ROW = frozenset(
    {"softmax", "softmax_jacobian", "network_predict", "cross_entropy_gradient", "cross_entropy_hessian"}
)
"""Those of them whose answer has a row a sample as well; a reduction to the mean divides its rows."""

SUMS = ("logistic_loss", "logistic_gradient", "logistic_hessian", "logistic_step")
"""The calls that are a sum over the samples already."""

REDUCED = frozenset({*SUMS, *ROWS}) - {"softmax", "softmax_jacobian", "network_predict"}
"""The calls for which a reduction over samples can be declared."""

DISCRETE = frozenset({"y", "mask", "c"})
"""Arguments that are often whole numbers, and arrive as integers or booleans then."""
SCALARS = frozenset({"b", "learning_rate", "eps", "alpha", "size", "p", "seed", "target", "sigma", "x0", "steps"})
"""The parameters that are one number."""

LABELLED = tuple(name for name, call in CALLS.items() if "y" in call.parameters)
MARGINAL = ("logistic_predict", "logistic_loss")
"""The calls that can be asked by the margins `X w + b` alone."""
PARAMETRIC = tuple(name for name, call in CALLS.items() if name.startswith("logistic_"))
KINKED = ("leaky_relu_derivative", "network_gradient")
REGULARIZED = tuple(name for name, call in CALLS.items() if "eps" in call.parameters)
NORMALIZED = tuple(name for name, call in CALLS.items() if call.question == "Q2")
