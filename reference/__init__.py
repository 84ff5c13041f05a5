"""The shortest correct NumPy implementation that we could write of every call of the contract.

Samples are rows, losses are sums over samples, logarithms are natural. Docstrings open with the shapes, in the order of
the arguments, and the equation. Every call computes at least in the precision of its arrays (integers and booleans
count as float64), changes none of them, and raises ValueError, naming the argument, where a shape does not fit, an
array is empty, or an entry is not a finite real number; a docstring says what else its call refuses.
"""

from reference.batch_norm import batch_norm, batch_norm_backward, centered_batch_norm, centered_batch_norm_backward
from reference.gaussian_dropout import (
    gaussian_dropout_expected_gradient,
    gaussian_dropout_expected_loss,
    gaussian_dropout_gradient,
    gaussian_dropout_loss,
    gaussian_dropout_penalty,
)
from reference.logistic import logistic_gradient, logistic_hessian, logistic_loss, logistic_predict, logistic_step
from reference.network import (
    dropout_mask,
    leaky_relu,
    leaky_relu_derivative,
    network_gradient,
    network_loss,
    network_predict,
)
from reference.newton import newton_minimize, newton_root
from reference.softmax_cross_entropy import (
    cross_entropy,
    cross_entropy_gradient,
    cross_entropy_hessian,
    softmax,
    softmax_jacobian,
)
from reference.trivariate import trivariate_gradient, trivariate_hessian, trivariate_value

__all__ = [  # noqa: RUF022  # the order of the contract
    "logistic_predict",
    "logistic_loss",
    "logistic_gradient",
    "logistic_hessian",
    "logistic_step",
    "batch_norm",
    "batch_norm_backward",
    "centered_batch_norm",
    "centered_batch_norm_backward",
    "leaky_relu",
    "leaky_relu_derivative",
    "dropout_mask",
    "softmax",
    "softmax_jacobian",
    "network_predict",
    "network_loss",
    "network_gradient",
    "trivariate_value",
    "trivariate_gradient",
    "trivariate_hessian",
    "gaussian_dropout_loss",
    "gaussian_dropout_gradient",
    "gaussian_dropout_expected_loss",
    "gaussian_dropout_expected_gradient",
    "gaussian_dropout_penalty",
    "newton_root",
    "newton_minimize",
    "cross_entropy",
    "cross_entropy_gradient",
    "cross_entropy_hessian",
]
