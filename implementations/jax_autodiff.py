"""JAX behind the contract: `jax.nn` and `jax.random` as they are, every derivative by `jax.grad` or `jax.hessian`."""

from __future__ import annotations

from functools import partial
from typing import Any

import jax
import numpy as np
from jax import numpy as jnp

jax.config.update("jax_enable_x64", True)  # otherwise every array becomes float32
jax.config.update("jax_disable_most_optimizations", True)  # most shapes come a few times: compiling is what takes long

MOST = 1000
"""Of compiled programs: each takes several memory maps, of which Linux allows a process 65,530."""

programs = []
"""How long each took to compile."""


def _compiled(event: str, seconds: float, **_: Any) -> None:
    if event == "/jax/core/compile/backend_compile_duration":
        programs.append(seconds)


jax.monitoring.register_event_duration_secs_listener(_compiled)


def arrays(*given: Any) -> list[jax.Array]:
    """`given`, copied, in the type of the floating-point arrays among them; in float64 if there is none."""
    if len(programs) > MOST:
        programs.clear()
        jax.clear_caches()
    types = [a.dtype for a in given if isinstance(a, np.ndarray | np.generic) and a.dtype.kind == "f"]
    dtype = np.result_type(*types) if types else np.dtype(np.float64)
    return [jnp.array(np.array(a, dtype=dtype)) for a in given]


def numpy(answer: Any) -> Any:
    """`answer`, an array or a tuple of them, as the contract wants it back."""
    return tuple(map(np.asarray, answer)) if isinstance(answer, tuple) else np.asarray(answer)


# -- Q1 --


@jax.jit
def _logistic_predict(w: Any, b: Any, X: Any) -> Any:
    return jax.nn.sigmoid(X @ w + b)


@jax.jit
def _logistic_loss(w: Any, b: Any, X: Any, y: Any) -> Any:
    t = X @ w + b
    return -(y * jax.nn.log_sigmoid(t) + (1 - y) * jax.nn.log_sigmoid(-t)).sum()


_logistic_gradient = jax.jit(jax.grad(_logistic_loss, argnums=(0, 1)))


@jax.jit
def _logistic_hessian(w: Any, b: Any, X: Any) -> Any:
    labels = jnp.zeros(len(X), X.dtype)
    return jax.hessian(lambda p: _logistic_loss(p[:-1], p[-1], X, labels))(jnp.append(w, b))


def logistic_predict(w: Any, b: Any, X: Any) -> Any:
    return numpy(_logistic_predict(*arrays(w, b, X)))


def logistic_loss(w: Any, b: Any, X: Any, y: Any) -> Any:
    return numpy(_logistic_loss(*arrays(w, b, X, y)))


def logistic_gradient(w: Any, b: Any, X: Any, y: Any) -> Any:
    return numpy(_logistic_gradient(*arrays(w, b, X, y)))


def logistic_hessian(w: Any, b: Any, X: Any) -> Any:
    return numpy(_logistic_hessian(*arrays(w, b, X)))


def logistic_step(w: Any, b: Any, X: Any, y: Any, learning_rate: Any) -> Any:
    w, b, X, y, rate = arrays(w, b, X, y, learning_rate)
    dw, db = _logistic_gradient(w, b, X, y)
    return numpy((w - rate * dw, b - rate * db))


# -- Q2 --


@jax.jit
def _batch_norm(x: Any, gamma: Any, beta: Any, eps: Any) -> Any:
    # By default, `standardize` computes the variance as mean(x^2) - mean(x)^2.
    return gamma * jax.nn.standardize(x, axis=0, epsilon=eps, algorithm="stable") + beta


@jax.jit
def _batch_norm_backward(dy: Any, x: Any, gamma: Any, eps: Any) -> Any:
    _, pull_back = jax.vjp(partial(_batch_norm, eps=eps), x, gamma, jnp.zeros_like(gamma))
    return pull_back(dy)


@jax.jit
def _centered_batch_norm(x: Any, gamma: Any, beta: Any) -> Any:
    return gamma * (x - x.mean(axis=0)) + beta


@jax.jit
def _centered_batch_norm_backward(dy: Any, gamma: Any) -> Any:
    _, pull_back = jax.vjp(lambda x: _centered_batch_norm(x, gamma, 0), dy)  # affine: its slope is everywhere the same
    return pull_back(dy)[0]


def batch_norm(x: Any, gamma: Any, beta: Any, eps: Any) -> Any:
    return numpy(_batch_norm(*arrays(x, gamma, beta, eps)))


def batch_norm_backward(dy: Any, x: Any, gamma: Any, eps: Any) -> Any:
    return numpy(_batch_norm_backward(*arrays(dy, x, gamma, eps)))


def centered_batch_norm(x: Any, gamma: Any, beta: Any) -> Any:
    return numpy(_centered_batch_norm(*arrays(x, gamma, beta)))


def centered_batch_norm_backward(dy: Any, gamma: Any) -> Any:
    return numpy(_centered_batch_norm_backward(*arrays(dy, gamma)))


# -- Q3 --


@jax.jit
def _leaky_relu_derivative(z: Any, alpha: Any) -> Any:
    return jax.grad(lambda z: jax.nn.leaky_relu(z, alpha).sum())(z)


def _bent_to_the_right(z: Any, alpha: Any) -> Any:
    """Leaky ReLU with slope `alpha` at 0, as the contract has it; `jax.nn.leaky_relu` has 1 there."""
    return jnp.where(z > 0, z, alpha * z)


@jax.jit
def _logits(W1: Any, b1: Any, W2: Any, b2: Any, x: Any, mask: Any, alpha: Any) -> Any:
    return W2 @ (mask * _bent_to_the_right(W1 @ x + b1, alpha)) + b2


@jax.jit
def _network_loss(W1: Any, b1: Any, W2: Any, b2: Any, x: Any, y: Any, mask: Any, alpha: Any) -> Any:
    return _cross_entropy(_logits(W1, b1, W2, b2, x, mask, alpha), y)


_network_gradient = jax.jit(jax.grad(_network_loss, argnums=(0, 1, 2, 3)))
_softmax_jacobian = jax.jit(jax.jacrev(jax.nn.softmax))


def leaky_relu(z: Any, alpha: Any) -> Any:
    return numpy(jax.nn.leaky_relu(*arrays(z, alpha)))


def leaky_relu_derivative(z: Any, alpha: Any) -> Any:
    return numpy(_leaky_relu_derivative(*arrays(z, alpha)))


def dropout_mask(size: Any, p: Any, seed: Any) -> Any:
    return numpy(jax.random.bernoulli(jax.random.key(int(seed)), 1 - float(p), (int(size),)))


def softmax(z: Any) -> Any:
    return numpy(jax.nn.softmax(*arrays(z)))


def softmax_jacobian(z: Any) -> Any:
    return numpy(_softmax_jacobian(*arrays(z)))


def network_predict(W1: Any, b1: Any, W2: Any, b2: Any, x: Any, mask: Any, alpha: Any) -> Any:
    return numpy(jax.nn.softmax(_logits(*arrays(W1, b1, W2, b2, x, mask, alpha))))


def network_loss(W1: Any, b1: Any, W2: Any, b2: Any, x: Any, y: Any, mask: Any, alpha: Any) -> Any:
    return numpy(_network_loss(*arrays(W1, b1, W2, b2, x, y, mask, alpha)))


def network_gradient(W1: Any, b1: Any, W2: Any, b2: Any, x: Any, y: Any, mask: Any, alpha: Any) -> Any:
    return numpy(_network_gradient(*arrays(W1, b1, W2, b2, x, y, mask, alpha)))


# -- Q4 --


@jax.jit
def _trivariate(c: Any, point: Any) -> Any:
    for x in point:  # Horner's scheme, one axis of `c` after the other
        c, _ = jax.lax.scan(lambda value, row, x=x: (value * x + row, None), jnp.zeros_like(c[0]), c, reverse=True)
    return c


_trivariate_gradient = jax.jit(jax.grad(_trivariate, argnums=1))
_trivariate_hessian = jax.jit(jax.hessian(_trivariate, argnums=1))


def trivariate_value(c: Any, point: Any) -> Any:
    return numpy(_trivariate(*arrays(c, point)))


def trivariate_gradient(c: Any, point: Any) -> Any:
    return numpy(_trivariate_gradient(*arrays(c, point)))


def trivariate_hessian(c: Any, point: Any) -> Any:
    return numpy(_trivariate_hessian(*arrays(c, point)))


# -- Q5 --


@jax.jit
def _dropout_loss(w: Any, x: Any, target: Any, delta: Any) -> Any:
    return 0.5 * (target - (delta * w * x).sum()) ** 2


@jax.jit
def _penalty(w: Any, x: Any, sigma: Any) -> Any:
    return 0.5 * sigma**2 * ((w * x) ** 2).sum()


@jax.jit
def _expected_loss(w: Any, x: Any, target: Any, sigma: Any) -> Any:
    return _dropout_loss(w, x, target, jnp.ones_like(x)) + _penalty(w, x, sigma)


_dropout_gradient = jax.jit(jax.grad(_dropout_loss))
_expected_gradient = jax.jit(jax.grad(_expected_loss))


def gaussian_dropout_loss(w: Any, x: Any, target: Any, delta: Any) -> Any:
    return numpy(_dropout_loss(*arrays(w, x, target, delta)))


def gaussian_dropout_gradient(w: Any, x: Any, target: Any, delta: Any) -> Any:
    return numpy(_dropout_gradient(*arrays(w, x, target, delta)))


def gaussian_dropout_expected_loss(w: Any, x: Any, target: Any, sigma: Any) -> Any:
    return numpy(_expected_loss(*arrays(w, x, target, sigma)))


def gaussian_dropout_expected_gradient(w: Any, x: Any, target: Any, sigma: Any) -> Any:
    return numpy(_expected_gradient(*arrays(w, x, target, sigma)))


def gaussian_dropout_penalty(w: Any, x: Any, sigma: Any) -> Any:
    return numpy(_penalty(*arrays(w, x, sigma)))


# -- Q7 --


@jax.jit
def _cross_entropy(z: Any, y: Any) -> Any:
    return -(y * jax.nn.log_softmax(z)).sum()


_cross_entropy_gradient = jax.jit(jax.grad(_cross_entropy))


@jax.jit
def _cross_entropy_hessian(z: Any) -> Any:
    return jax.hessian(_cross_entropy)(z, jax.nn.one_hot(0, z.size, dtype=z.dtype))


def cross_entropy(z: Any, y: Any) -> Any:
    return numpy(_cross_entropy(*arrays(z, y)))


def cross_entropy_gradient(z: Any, y: Any) -> Any:
    return numpy(_cross_entropy_gradient(*arrays(z, y)))


def cross_entropy_hessian(z: Any) -> Any:
    return numpy(_cross_entropy_hessian(*arrays(z)))
