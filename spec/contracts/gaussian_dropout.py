"""Q5: the calls on a linear unit with Gaussian dropout."""

from __future__ import annotations

from typing import Protocol

from spec.arrays import Floats
from spec.contract import derivative_of, returns


class GaussianDropout(Protocol):
    """What an implementation offers to be tested on Q5.

    `w`, `x`, `delta` are (n,), `target` and `sigma >= 0` floats; the noise is `delta_k ~ Normal(1, sigma^2)`,
    independent.
    """

    @returns(lambda w, x, target, delta: ())
    def gaussian_dropout_loss(self, w: Floats, x: Floats, target: float, delta: Floats, /) -> float:
        """(n),(n),(),(n) -> (). `J = (target - sum_k delta_k w_k x_k)^2 / 2`, for the given noise."""
        ...

    @derivative_of("gaussian_dropout_loss", "gradient", by=("w",))
    @returns(lambda w, x, target, delta: w.shape)
    def gaussian_dropout_gradient(self, w: Floats, x: Floats, target: float, delta: Floats, /) -> Floats:
        """(n),(n),(),(n) -> (n). Derivative of `gaussian_dropout_loss` by `w`, for the given noise."""
        ...

    @returns(lambda w, x, target, sigma: ())
    def gaussian_dropout_expected_loss(self, w: Floats, x: Floats, target: float, sigma: float, /) -> float:
        """(n),(n),(),() -> (). Expectation of the loss over the noise, in closed form."""
        ...

    @derivative_of("gaussian_dropout_expected_loss", "gradient", by=("w",))
    @returns(lambda w, x, target, sigma: w.shape)
    def gaussian_dropout_expected_gradient(self, w: Floats, x: Floats, target: float, sigma: float, /) -> Floats:
        """(n),(n),(),() -> (n). Expectation of the gradient over the noise, in closed form."""
        ...

    @returns(lambda w, x, sigma: ())
    def gaussian_dropout_penalty(self, w: Floats, x: Floats, sigma: float, /) -> float:
        """(n),(n),() -> (). What the noise adds to the noiseless loss on average: the regulariser."""
        ...
