"""PyTorch behind the contract: forward passes by its own functions, every derivative by its autograd."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional as F

torch.set_num_threads(1)  # the arrays are small, and several processes may grade at once


def tensors(*given: Any) -> list[Tensor]:
    """`given` in the type of the floating-point arrays among them, in float64 if there is none.

    Copied: PyTorch takes no read-only arrays and no negative strides.
    """
    types = [a.dtype for a in given if isinstance(a, np.ndarray | np.generic) and a.dtype.kind == "f"]
    dtype = np.result_type(*types) if types else np.dtype(np.float64)
    return [torch.tensor(np.array(a, dtype=dtype)) for a in given]


def arrays(*tensors: Tensor) -> Any:
    """Returns the tensors as the contract wants them back."""
    out = tuple(t.detach().numpy() for t in tensors)
    return out[0] if len(out) == 1 else out


def gradients(loss: Callable[..., Tensor], *parameters: Tensor) -> tuple[Tensor, ...]:
    """The derivative of `loss` by each of the parameters, by reverse mode."""
    leaves = [p.requires_grad_() for p in parameters]
    return torch.autograd.grad(loss(*leaves), leaves)


# -- Q1 --


def _logistic_loss(w: Tensor, b: Tensor, X: Tensor, y: Tensor) -> Tensor:
    return F.binary_cross_entropy_with_logits(X @ w + b, y, reduction="sum")


def logistic_predict(w: Any, b: Any, X: Any) -> Any:
    w, b, X = tensors(w, b, X)
    return arrays(torch.sigmoid(X @ w + b))


def logistic_loss(w: Any, b: Any, X: Any, y: Any) -> Any:
    return arrays(_logistic_loss(*tensors(w, b, X, y)))


def logistic_gradient(w: Any, b: Any, X: Any, y: Any) -> Any:
    w, b, X, y = tensors(w, b, X, y)
    return arrays(*gradients(lambda w, b: _logistic_loss(w, b, X, y), w, b))


def logistic_hessian(w: Any, b: Any, X: Any) -> Any:
    w, b, X = tensors(w, b, X)
    labels = torch.zeros_like(X[:, 0])
    return arrays(torch.func.hessian(lambda p: _logistic_loss(p[:-1], p[-1], X, labels))(torch.cat([w, b.reshape(1)])))


def logistic_step(w: Any, b: Any, X: Any, y: Any, learning_rate: Any) -> Any:
    w, b, X, y = tensors(w, b, X, y)
    optimizer = torch.optim.SGD([w.requires_grad_(), b.requires_grad_()], lr=float(learning_rate))
    _logistic_loss(w, b, X, y).backward()  # type: ignore[no-untyped-call]  # PyTorch leaves it untyped
    optimizer.step()
    return arrays(w, b)


# -- Q2 --


def _batch_norm(x: Tensor, gamma: Tensor, beta: Tensor, eps: Any) -> Tensor:
    # `F.batch_norm` refuses a batch of one before it gets here.
    return torch.batch_norm(x, gamma, beta, None, None, True, 0.0, float(eps), False)


def _centered_batch_norm(x: Tensor, gamma: Tensor, beta: Tensor) -> Tensor:
    return gamma * (x - x.mean(dim=0)) + beta


def batch_norm(x: Any, gamma: Any, beta: Any, eps: Any) -> Any:
    return arrays(_batch_norm(*tensors(x, gamma, beta), eps))


def batch_norm_backward(dy: Any, x: Any, gamma: Any, eps: Any) -> Any:
    dy, x, gamma = tensors(dy, x, gamma)
    beta = torch.zeros_like(gamma)
    return arrays(*gradients(lambda x, gamma, beta: (dy * _batch_norm(x, gamma, beta, eps)).sum(), x, gamma, beta))


def centered_batch_norm(x: Any, gamma: Any, beta: Any) -> Any:
    return arrays(_centered_batch_norm(*tensors(x, gamma, beta)))


def centered_batch_norm_backward(dy: Any, gamma: Any) -> Any:
    dy, gamma = tensors(dy, gamma)
    x = torch.zeros_like(dy)  # the map is affine: its derivative is the same everywhere
    return arrays(*gradients(lambda x: (dy * _centered_batch_norm(x, gamma, torch.zeros_like(gamma))).sum(), x))


# -- Q3 --


def leaky_relu(z: Any, alpha: Any) -> Any:
    [z] = tensors(z)
    return arrays(F.leaky_relu(z, float(alpha)))


def leaky_relu_derivative(z: Any, alpha: Any) -> Any:
    return arrays(*gradients(lambda z: F.leaky_relu(z, float(alpha)).sum(), *tensors(z)))


def dropout_mask(size: Any, p: Any, seed: Any) -> Any:
    generator = torch.Generator().manual_seed(int(seed))
    return arrays(torch.bernoulli(torch.full((int(size),), 1 - float(p), dtype=torch.float64), generator=generator))


def softmax(z: Any) -> Any:
    return arrays(torch.softmax(*tensors(z), dim=0))


def softmax_jacobian(z: Any) -> Any:
    return arrays(torch.func.jacrev(lambda z: torch.softmax(z, dim=0))(*tensors(z)))


def _logits(W1: Tensor, b1: Tensor, W2: Tensor, b2: Tensor, x: Tensor, mask: Tensor, alpha: Any) -> Tensor:
    return F.linear(mask * F.leaky_relu(F.linear(x, W1, b1), float(alpha)), W2, b2)


def network_predict(W1: Any, b1: Any, W2: Any, b2: Any, x: Any, mask: Any, alpha: Any) -> Any:
    return arrays(torch.softmax(_logits(*tensors(W1, b1, W2, b2, x, mask), alpha), dim=0))


def network_loss(W1: Any, b1: Any, W2: Any, b2: Any, x: Any, y: Any, mask: Any, alpha: Any) -> Any:
    *given, y = tensors(W1, b1, W2, b2, x, mask, y)
    return arrays(F.cross_entropy(_logits(*given, alpha), y))


def network_gradient(W1: Any, b1: Any, W2: Any, b2: Any, x: Any, y: Any, mask: Any, alpha: Any) -> Any:
    *parameters, x, mask, y = tensors(W1, b1, W2, b2, x, mask, y)
    return arrays(*gradients(lambda *p: F.cross_entropy(_logits(*p, x, mask, alpha), y), *parameters))


# -- Q4 --


def _trivariate(c: Tensor, point: Tensor) -> Tensor:
    """Horner's scheme, one axis of `c` after the other: the second derivative of `u ** 0` is NaN at 0."""
    values = c
    for x in point:
        partial = 0 * x  # so that a constant depends on the point as well, as autograd sees it
        for coefficient in reversed(values.unbind()):
            partial = partial * x + coefficient
        values = partial
    return values


def trivariate_value(c: Any, point: Any) -> Any:
    return arrays(_trivariate(*tensors(c, point)))


def trivariate_gradient(c: Any, point: Any) -> Any:
    c, point = tensors(c, point)
    return arrays(*gradients(lambda point: _trivariate(c, point), point))


def trivariate_hessian(c: Any, point: Any) -> Any:
    c, point = tensors(c, point)
    return arrays(torch.autograd.functional.hessian(lambda point: _trivariate(c, point), point))


# -- Q5 --


def _dropout_loss(w: Tensor, x: Tensor, target: Tensor, delta: Tensor) -> Tensor:
    return 0.5 * F.mse_loss((delta * w * x).sum(), target)


def _penalty(w: Tensor, x: Tensor, sigma: Tensor) -> Tensor:
    return 0.5 * sigma**2 * (w * x).square().sum()


def _expected_loss(w: Tensor, x: Tensor, target: Tensor, sigma: Tensor) -> Tensor:
    return _dropout_loss(w, x, target, torch.ones_like(x)) + _penalty(w, x, sigma)


def gaussian_dropout_loss(w: Any, x: Any, target: Any, delta: Any) -> Any:
    return arrays(_dropout_loss(*tensors(w, x, target, delta)))


def gaussian_dropout_gradient(w: Any, x: Any, target: Any, delta: Any) -> Any:
    w, x, target, delta = tensors(w, x, target, delta)
    return arrays(*gradients(lambda w: _dropout_loss(w, x, target, delta), w))


def gaussian_dropout_expected_loss(w: Any, x: Any, target: Any, sigma: Any) -> Any:
    return arrays(_expected_loss(*tensors(w, x, target, sigma)))


def gaussian_dropout_expected_gradient(w: Any, x: Any, target: Any, sigma: Any) -> Any:
    w, x, target, sigma = tensors(w, x, target, sigma)
    return arrays(*gradients(lambda w: _expected_loss(w, x, target, sigma), w))


def gaussian_dropout_penalty(w: Any, x: Any, sigma: Any) -> Any:
    return arrays(_penalty(*tensors(w, x, sigma)))


# -- Q6 --


def newton_root(f: Any, fprime: Any, x0: Any, steps: Any) -> Any:
    iterates = tensors(x0)
    for _ in range(steps):
        x = float(iterates[-1])
        value = f(x)
        iterates += tensors(x - value / fprime(x) if value else x)
    return [float(x) for x in iterates]


def newton_minimize(gprime: Any, gsecond: Any, x0: Any, steps: Any) -> Any:
    return newton_root(gprime, gsecond, x0, steps)


# -- Q7 --


def cross_entropy(z: Any, y: Any) -> Any:
    return arrays(F.cross_entropy(*tensors(z, y)))


def cross_entropy_gradient(z: Any, y: Any) -> Any:
    z, y = tensors(z, y)
    return arrays(*gradients(lambda z: F.cross_entropy(z, y), z))


def cross_entropy_hessian(z: Any) -> Any:
    [z] = tensors(z)
    labels = torch.zeros_like(z)
    labels[0] = 1
    return arrays(torch.func.hessian(lambda z: F.cross_entropy(z, labels))(z))
