"""Composes the calls of softmax and cross-entropy of softmax and its Jacobian."""

from __future__ import annotations

from typing import Any

import numpy as np

from lydite.kit.asked import Composed


def _jacobian(f: Any, z: Any) -> Any:
    p = f.softmax(z)
    return np.diag(p) - np.outer(p, p)


def loss_of(p: Any, y: Any) -> Any:
    """`-sum_k y_k ln p_k`, with `0 ln 0 = 0`."""
    seen = np.asarray(y) != 0
    return -np.sum(np.asarray(y)[seen] * np.log(p[seen]))


COMPOSED: Composed = {
    "softmax_jacobian": (_jacobian,),
    "cross_entropy": (
        lambda f, z, y: loss_of(f.softmax(z), y),
        lambda f, z, y: -np.sum(y * np.log(f.softmax(z))),
    ),
    "cross_entropy_gradient": (lambda f, z, y: np.sum(y) * f.softmax(z) - y, lambda f, z, y: f.softmax(z) - y),
    "cross_entropy_hessian": (lambda f, z: f.softmax_jacobian(z), _jacobian),
    "cross_entropy_hessian_with_labels": (
        lambda f, z, y: np.sum(y) * f.cross_entropy_hessian(z),
        lambda f, z, y: np.sum(y) * f.softmax_jacobian(z),
        lambda f, z, y: np.sum(y) * _jacobian(f, z),
    ),
}
