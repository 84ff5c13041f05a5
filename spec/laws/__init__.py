"""The laws, a module a topic; loading them checks that claims, laws and calls fit together."""

from spec import catalogue
from spec.claim import CLAIMS
from spec.contracts import CALLS
from spec.law import LAWS
from spec.laws import (
    batch_norm,
    batches,
    cross_checks,
    gaussian_dropout,
    logistic,
    network,
    newton,
    softmax_cross_entropy,
    trivariate,
)

__all__ = [
    "batch_norm",
    "batches",
    "cross_checks",
    "gaussian_dropout",
    "logistic",
    "network",
    "newton",
    "softmax_cross_entropy",
    "trivariate",
]

catalogue.check(CLAIMS, LAWS, CALLS)
