"""Composes the calls of batch normalization of the layers forward."""

from __future__ import annotations

from typing import Any

import numpy as np

from lydite.kit.asked import Composed


def _normalized(f: Any, x: Any, gamma: Any, beta: Any, eps: Any) -> Any:
    centered = f.centered_batch_norm(x, np.ones_like(gamma), np.zeros_like(gamma))
    return gamma * centered / np.sqrt(np.mean(centered**2, axis=0) + eps) + beta


def _backward(f: Any, dy: Any, x: Any, gamma: Any, eps: Any) -> Any:
    x_hat = f.batch_norm(x, np.ones_like(gamma), np.zeros_like(gamma), eps)
    deviation, along = np.sqrt(np.var(x, axis=0) + eps), np.mean(dy * x_hat, axis=0)
    dx = gamma / deviation * (dy - np.mean(dy, axis=0) - x_hat * along)
    return dx, len(x) * along, np.sum(dy, axis=0)


COMPOSED: Composed = {"batch_norm": (_normalized,), "batch_norm_backward": (_backward,)}
