"""Q2: the calls on a batch of samples, normalised column by column."""

from __future__ import annotations

from typing import Protocol

from lydite.kit import Floats, call, contract, derivative_of


@contract("Q2", x="batches", gamma="scales", beta="shifts")
class BatchNorm(Protocol):
    """The calls of Q2; `x` and `dy` are (n, d), `gamma` and `beta` (d,)."""

    def batch_norm(self, x: Floats, gamma: Floats, beta: Floats, eps: float, /) -> Floats:
        """(n,d),(d),(d),() -> (n,d). `gamma (x - mean) / sqrt(var + eps) + beta`, `var` with denominator `n`."""
        ...

    @derivative_of("batch_norm", "pullback", by=("x", "gamma", "beta"))
    def batch_norm_backward(self, dy: Floats, x: Floats, gamma: Floats, eps: float, /) -> tuple[Floats, Floats, Floats]:
        """(n,d),(n,d),(d),() -> (n,d),(d),(d). `dx`, `dgamma`, `dbeta` of `batch_norm`, for upstream `dy = dL/dy`."""
        ...

    def centered_batch_norm(self, x: Floats, gamma: Floats, beta: Floats, /) -> Floats:
        """(n,d),(d),(d) -> (n,d). The simplified form: `gamma (x - mean) + beta`."""
        ...

    @derivative_of("centered_batch_norm", "pullback", by=("x",))
    def centered_batch_norm_backward(self, dy: Floats, gamma: Floats, /) -> Floats:
        """(n,d),(d) -> (n,d). `dx` of `centered_batch_norm`: `gamma (dy - mean of dy)`."""
        ...

    @call(optional=True)
    def batch_norm_inference(
        self, x: Floats, gamma: Floats, beta: Floats, mean: Floats, variance: Floats, eps: float, /
    ) -> Floats:
        """(n,d),(d),(d),(d),(d),() -> (n,d). `gamma (x - mean) / sqrt(variance + eps) + beta`, whatever the batch."""
        ...

    @call(optional=True, returns=("mean", "variance"))
    def running_statistics(
        self, x: Floats, mean: Floats, variance: Floats, momentum: float, /
    ) -> tuple[Floats, Floats]:
        """(n,d),(d),(d),() -> (d),(d). `(1 - momentum) mean + momentum mean(x)`, and so for the variance, over `n`."""
        ...
