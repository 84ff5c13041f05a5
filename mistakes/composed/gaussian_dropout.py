"""Composes the expectations of Gaussian dropout of the loss and gradient without noise, and the penalty."""

from __future__ import annotations

from typing import Any

import numpy as np

from lydite.kit.asked import Composed


def _expected_loss(f: Any, w: Any, x: Any, target: Any, sigma: Any) -> Any:
    return f.gaussian_dropout_loss(w, x, target, np.ones_like(x)) + f.gaussian_dropout_penalty(w, x, sigma)


def _expected_gradient(f: Any, w: Any, x: Any, target: Any, sigma: Any) -> Any:
    return f.gaussian_dropout_gradient(w, x, target, np.ones_like(x)) + (sigma * x) ** 2 * w


COMPOSED: Composed = {
    "gaussian_dropout_expected_loss": (_expected_loss,),
    "gaussian_dropout_expected_gradient": (_expected_gradient,),
}
