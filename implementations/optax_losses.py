"""Adds what implementations/optax_losses.toml cannot say of optax: its gradient descent, and a loss of a product."""

from __future__ import annotations

from typing import Any

import jax
import numpy as np
import optax
from jax import numpy as jnp

jax.config.update("jax_enable_x64", True)  # otherwise every array becomes float32


def arrays(*given: Any) -> list[jax.Array]:
    """`given`, copied, in the type of the floating-point arrays among them; in float64 if there is none."""
    types = [a.dtype for a in given if isinstance(a, np.ndarray | np.generic) and a.dtype.kind == "f"]
    dtype = np.result_type(*types) if types else np.dtype(np.float64)
    return [jnp.array(np.array(a, dtype=dtype)) for a in given]


# -- Q1 --


def _logistic_loss(parameters: Any, X: Any, y: Any) -> Any:
    w, b = parameters
    return optax.losses.sigmoid_binary_cross_entropy(X @ w + b, y).sum()


@jax.jit
def _logistic_step(parameters: Any, X: Any, y: Any, rate: Any) -> Any:
    descent = optax.sgd(rate)
    gradient = jax.grad(_logistic_loss)(parameters, X, y)
    updates, _ = descent.update(gradient, descent.init(parameters), parameters)
    return optax.apply_updates(parameters, updates)


def logistic_step(w: Any, b: Any, X: Any, y: Any, learning_rate: Any) -> Any:
    w, b, X, y, rate = arrays(w, b, X, y, learning_rate)
    return tuple(map(np.asarray, _logistic_step((w, b), X, y, rate)))


# -- Q5 --


@jax.jit
def _dropout_loss(w: Any, x: Any, target: Any, delta: Any) -> Any:
    return optax.losses.l2_loss((delta * w * x).sum(), target)


_dropout_gradient = jax.jit(jax.grad(_dropout_loss))


def gaussian_dropout_loss(w: Any, x: Any, target: Any, delta: Any) -> Any:
    return np.asarray(_dropout_loss(*arrays(w, x, target, delta)))


def gaussian_dropout_gradient(w: Any, x: Any, target: Any, delta: Any) -> Any:
    return np.asarray(_dropout_gradient(*arrays(w, x, target, delta)))
