"""optax behind the contract: its losses, their derivatives by JAX, and its gradient descent."""

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


def numpy(answer: Any) -> Any:
    """`answer`, an array or a tuple of them, as the contract wants it back."""
    return tuple(map(np.asarray, answer)) if isinstance(answer, tuple) else np.asarray(answer)


# -- Q1 --


@jax.jit
def _logistic_loss(parameters: Any, X: Any, y: Any) -> Any:
    w, b = parameters
    return optax.losses.sigmoid_binary_cross_entropy(X @ w + b, y).sum()


_logistic_gradient = jax.jit(jax.grad(_logistic_loss))


@jax.jit
def _logistic_hessian(w: Any, b: Any, X: Any) -> Any:
    labels = jnp.zeros(len(X), X.dtype)
    return jax.hessian(lambda p: _logistic_loss((p[:-1], p[-1]), X, labels))(jnp.append(w, b))


@jax.jit
def _logistic_step(parameters: Any, X: Any, y: Any, rate: Any) -> Any:
    descent = optax.sgd(rate)
    updates, _ = descent.update(_logistic_gradient(parameters, X, y), descent.init(parameters), parameters)
    return optax.apply_updates(parameters, updates)


def logistic_loss(w: Any, b: Any, X: Any, y: Any) -> Any:
    w, b, X, y = arrays(w, b, X, y)
    return numpy(_logistic_loss((w, b), X, y))


def logistic_gradient(w: Any, b: Any, X: Any, y: Any) -> Any:
    w, b, X, y = arrays(w, b, X, y)
    return numpy(_logistic_gradient((w, b), X, y))


def logistic_hessian(w: Any, b: Any, X: Any) -> Any:
    return numpy(_logistic_hessian(*arrays(w, b, X)))


def logistic_step(w: Any, b: Any, X: Any, y: Any, learning_rate: Any) -> Any:
    w, b, X, y, rate = arrays(w, b, X, y, learning_rate)
    return numpy(_logistic_step((w, b), X, y, rate))


# -- Q5 --


@jax.jit
def _dropout_loss(w: Any, x: Any, target: Any, delta: Any) -> Any:
    return optax.losses.l2_loss((delta * w * x).sum(), target)


_dropout_gradient = jax.jit(jax.grad(_dropout_loss))


def gaussian_dropout_loss(w: Any, x: Any, target: Any, delta: Any) -> Any:
    return numpy(_dropout_loss(*arrays(w, x, target, delta)))


def gaussian_dropout_gradient(w: Any, x: Any, target: Any, delta: Any) -> Any:
    return numpy(_dropout_gradient(*arrays(w, x, target, delta)))


# -- Q7 --


_cross_entropy = jax.jit(optax.losses.softmax_cross_entropy)
_cross_entropy_gradient = jax.jit(jax.grad(_cross_entropy))


@jax.jit
def _cross_entropy_hessian(z: Any) -> Any:
    return jax.hessian(optax.losses.softmax_cross_entropy_with_integer_labels)(z, 0)


def cross_entropy(z: Any, y: Any) -> Any:
    return numpy(_cross_entropy(*arrays(z, y)))


def cross_entropy_gradient(z: Any, y: Any) -> Any:
    return numpy(_cross_entropy_gradient(*arrays(z, y)))


def cross_entropy_hessian(z: Any) -> Any:
    return numpy(_cross_entropy_hessian(*arrays(z)))
