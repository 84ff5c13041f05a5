"""Q5: the calls on a linear unit with Gaussian dropout."""

from __future__ import annotations

from typing import Protocol

from lydite.kit import Floats, call, contract, derivative_of


@contract("Q5", delta="noises")
class GaussianDropout(Protocol):
    """The calls of Q5.

    `w`, `x`, `delta` are (n,), `target` and `sigma >= 0` floats; the noise is `delta_k ~ Normal(1, sigma^2)`,
    independent.
    """

    @call(rows=("x", "target", "delta"), sums="rows")
    def gaussian_dropout_loss(self, w: Floats, x: Floats, target: float, delta: Floats, /) -> float:
        """(n),(n),(),(n) -> (). `J = (target - sum_k delta_k w_k x_k)^2 / 2`, for the given noise."""
        ...

    @derivative_of("gaussian_dropout_loss", "gradient", by=("w",))
    @call(rows=("x", "target", "delta"), sums="rows")
    def gaussian_dropout_gradient(self, w: Floats, x: Floats, target: float, delta: Floats, /) -> Floats:
        """(n),(n),(),(n) -> (n). Derivative of `gaussian_dropout_loss` by `w`, for the given noise."""
        ...

    def gaussian_dropout_expected_loss(self, w: Floats, x: Floats, target: float, sigma: float, /) -> float:
        """(n),(n),(),() -> (). Expectation of the loss over the noise, in closed form."""
        ...

    @derivative_of("gaussian_dropout_expected_loss", "gradient", by=("w",))
    def gaussian_dropout_expected_gradient(self, w: Floats, x: Floats, target: float, sigma: float, /) -> Floats:
        """(n),(n),(),() -> (n). Expectation of the gradient over the noise, in closed form."""
        ...

    def gaussian_dropout_penalty(self, w: Floats, x: Floats, sigma: float, /) -> float:
        """(n),(n),() -> (). What the noise adds to the noiseless loss on average: the regulariser."""
        ...

    @call(random=True, optional=True)
    def gaussian_dropout_noise(self, size: int, sigma: float, seed: int, /) -> Floats:
        """(),(),() -> (size). Independent numbers of `Normal(1, sigma^2)`, decided by `seed`."""
        ...
