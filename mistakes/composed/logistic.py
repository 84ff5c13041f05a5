"""Composes the calls of a sigmoid neuron of its prediction and its gradient."""

from __future__ import annotations

from typing import Any

import numpy as np

from lydite.kit.asked import Composed


def _loss(f: Any, w: Any, b: Any, X: Any, y: Any) -> Any:
    p = f.logistic_predict(w, b, X)
    return -np.sum(y * np.log(p) + (1 - y) * np.log(1 - p))


def _gradient(f: Any, w: Any, b: Any, X: Any, y: Any) -> Any:
    residual = f.logistic_predict(w, b, X) - y
    return X.T @ residual, residual.sum()


def _hessian(f: Any, w: Any, b: Any, X: Any) -> Any:
    p = f.logistic_predict(w, b, X)
    rows = np.column_stack([X, np.ones(len(X))])
    return (rows.T * (p * (1 - p))) @ rows


def _stepped(gradient: Any) -> Any:
    def step(f: Any, w: Any, b: Any, X: Any, y: Any, learning_rate: Any) -> Any:
        dw, db = gradient(f, w, b, X, y)
        return w - learning_rate * dw, b - learning_rate * db

    return step


COMPOSED: Composed = {
    "logistic_loss": (_loss,),
    "logistic_gradient": (_gradient,),
    "logistic_hessian": (_hessian,),
    "logistic_step": (_stepped(lambda f, *inputs: f.logistic_gradient(*inputs)), _stepped(_gradient)),
}
