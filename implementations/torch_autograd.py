"""PyTorch behind the contract: forward passes by its own functions in float64, every derivative by its autograd."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional as F

torch.set_num_threads(1)  # the arrays are small, and several processes may grade at once


def tensor(a: Any) -> Tensor:
    """`a` in float64, copied: PyTorch takes no read-only arrays and no negative strides."""
    return torch.tensor(np.array(a, dtype=np.float64))


def arrays(*tensors: Tensor) -> Any:
    """What the contract wants back."""
    out = tuple(t.detach().numpy() for t in tensors)
    return out[0] if len(out) == 1 else out


def gradients(loss: Callable[..., Tensor], *parameters: Any) -> tuple[Tensor, ...]:
    """The derivative of `loss` by each of the parameters, by reverse mode."""
    leaves = [tensor(p).requires_grad_() for p in parameters]
    return torch.autograd.grad(loss(*leaves), leaves)


# -- Q1 --


def _logistic_loss(w: Tensor, b: Tensor, X: Any, y: Any) -> Tensor:
    return F.binary_cross_entropy_with_logits(tensor(X) @ w + b, tensor(y), reduction="sum")


def logistic_predict(w: Any, b: Any, X: Any) -> Any:
    return arrays(torch.sigmoid(tensor(X) @ tensor(w) + tensor(b)))


def logistic_loss(w: Any, b: Any, X: Any, y: Any) -> Any:
    return arrays(_logistic_loss(tensor(w), tensor(b), X, y))


def logistic_gradient(w: Any, b: Any, X: Any, y: Any) -> Any:
    return arrays(*gradients(lambda w, b: _logistic_loss(w, b, X, y), w, b))


def logistic_hessian(w: Any, b: Any, X: Any) -> Any:
    parameters = torch.cat([tensor(w), tensor(b).reshape(1)])
    labels = np.zeros(np.shape(X)[0])
    return arrays(torch.func.hessian(lambda p: _logistic_loss(p[:-1], p[-1], X, labels))(parameters))


def logistic_step(w: Any, b: Any, X: Any, y: Any, learning_rate: Any) -> Any:
    parameters = [tensor(w).requires_grad_(), tensor(b).requires_grad_()]
    optimizer = torch.optim.SGD(parameters, lr=float(learning_rate))
    _logistic_loss(*parameters, X, y).backward()  # type: ignore[no-untyped-call]  # PyTorch leaves it untyped
    optimizer.step()
    return arrays(*parameters)


# -- Q2 --


def _batch_norm(x: Tensor, gamma: Tensor, beta: Tensor, eps: Any) -> Tensor:
    # `F.batch_norm` refuses a batch of one before it gets here.
    return torch.batch_norm(x, gamma, beta, None, None, True, 0.0, float(eps), False)


def _centered_batch_norm(x: Tensor, gamma: Tensor, beta: Tensor) -> Tensor:
    return gamma * (x - x.mean(dim=0)) + beta


def batch_norm(x: Any, gamma: Any, beta: Any, eps: Any) -> Any:
    return arrays(_batch_norm(tensor(x), tensor(gamma), tensor(beta), eps))


def batch_norm_backward(dy: Any, x: Any, gamma: Any, eps: Any) -> Any:
    upstream = tensor(dy)
    beta = np.zeros(np.shape(gamma))
    return arrays(
        *gradients(lambda x, gamma, beta: (upstream * _batch_norm(x, gamma, beta, eps)).sum(), x, gamma, beta)
    )


def centered_batch_norm(x: Any, gamma: Any, beta: Any) -> Any:
    return arrays(_centered_batch_norm(tensor(x), tensor(gamma), tensor(beta)))


def centered_batch_norm_backward(dy: Any, gamma: Any) -> Any:
    upstream, scale = tensor(dy), tensor(gamma)
    x = np.zeros(np.shape(dy))  # the map is affine: its derivative is the same everywhere
    return arrays(*gradients(lambda x: (upstream * _centered_batch_norm(x, scale, torch.zeros_like(scale))).sum(), x))


# -- Q3 --


def leaky_relu(z: Any, alpha: Any) -> Any:
    return arrays(F.leaky_relu(tensor(z), float(alpha)))


def leaky_relu_derivative(z: Any, alpha: Any) -> Any:
    return arrays(*gradients(lambda z: F.leaky_relu(z, float(alpha)).sum(), z))


def dropout_mask(size: Any, p: Any, seed: Any) -> Any:
    generator = torch.Generator().manual_seed(int(seed))
    return arrays(torch.bernoulli(torch.full((int(size),), 1 - float(p), dtype=torch.float64), generator=generator))


def softmax(z: Any) -> Any:
    return arrays(torch.softmax(tensor(z), dim=0))


def softmax_jacobian(z: Any) -> Any:
    return arrays(torch.func.jacrev(lambda z: torch.softmax(z, dim=0))(tensor(z)))


def _logits(W1: Tensor, b1: Tensor, W2: Tensor, b2: Tensor, x: Any, mask: Any, alpha: Any) -> Tensor:
    hidden = tensor(mask) * F.leaky_relu(F.linear(tensor(x), W1, b1), float(alpha))
    return F.linear(hidden, W2, b2)


def network_predict(W1: Any, b1: Any, W2: Any, b2: Any, x: Any, mask: Any, alpha: Any) -> Any:
    parameters = map(tensor, (W1, b1, W2, b2))
    return arrays(torch.softmax(_logits(*parameters, x, mask, alpha), dim=0))


def network_loss(W1: Any, b1: Any, W2: Any, b2: Any, x: Any, y: Any, mask: Any, alpha: Any) -> Any:
    parameters = map(tensor, (W1, b1, W2, b2))
    return arrays(F.cross_entropy(_logits(*parameters, x, mask, alpha), tensor(y)))


def network_gradient(W1: Any, b1: Any, W2: Any, b2: Any, x: Any, y: Any, mask: Any, alpha: Any) -> Any:
    def loss(*parameters: Tensor) -> Tensor:
        return F.cross_entropy(_logits(*parameters, x, mask, alpha), tensor(y))

    return arrays(*gradients(loss, W1, b1, W2, b2))


# -- Q4 --


def _trivariate(c: Any, point: Tensor) -> Tensor:
    """Horner's scheme, one axis of `c` after the other: the second derivative of `u ** 0` is NaN at 0."""
    values = tensor(c)
    for x in point:
        partial = 0 * x  # so that a constant depends on the point as well, as autograd sees it
        for coefficient in reversed(values.unbind()):
            partial = partial * x + coefficient
        values = partial
    return values


def trivariate_value(c: Any, point: Any) -> Any:
    return arrays(_trivariate(c, tensor(point)))


def trivariate_gradient(c: Any, point: Any) -> Any:
    return arrays(*gradients(lambda point: _trivariate(c, point), point))


def trivariate_hessian(c: Any, point: Any) -> Any:
    return arrays(torch.autograd.functional.hessian(lambda point: _trivariate(c, point), tensor(point)))


# -- Q5 --


def _dropout_loss(w: Tensor, x: Any, target: Any, delta: Any) -> Tensor:
    return 0.5 * F.mse_loss((tensor(delta) * w * tensor(x)).sum(), tensor(target))


def _penalty(w: Tensor, x: Any, sigma: Any) -> Tensor:
    return 0.5 * tensor(sigma) ** 2 * (w * tensor(x)).square().sum()


def _expected_loss(w: Tensor, x: Any, target: Any, sigma: Any) -> Tensor:
    return _dropout_loss(w, x, target, np.ones(np.shape(x))) + _penalty(w, x, sigma)


def gaussian_dropout_loss(w: Any, x: Any, target: Any, delta: Any) -> Any:
    return arrays(_dropout_loss(tensor(w), x, target, delta))


def gaussian_dropout_gradient(w: Any, x: Any, target: Any, delta: Any) -> Any:
    return arrays(*gradients(lambda w: _dropout_loss(w, x, target, delta), w))


def gaussian_dropout_expected_loss(w: Any, x: Any, target: Any, sigma: Any) -> Any:
    return arrays(_expected_loss(tensor(w), x, target, sigma))


def gaussian_dropout_expected_gradient(w: Any, x: Any, target: Any, sigma: Any) -> Any:
    return arrays(*gradients(lambda w: _expected_loss(w, x, target, sigma), w))


def gaussian_dropout_penalty(w: Any, x: Any, sigma: Any) -> Any:
    return arrays(_penalty(tensor(w), x, sigma))


# -- Q6 --


def newton_root(f: Any, fprime: Any, x0: Any, steps: Any) -> Any:
    iterates = [tensor(x0)]
    for _ in range(steps):
        x = float(iterates[-1])
        value = f(x)
        iterates.append(tensor(x - value / fprime(x) if value else x))
    return arrays(torch.stack(iterates))


def newton_minimize(gprime: Any, gsecond: Any, x0: Any, steps: Any) -> Any:
    return newton_root(gprime, gsecond, x0, steps)


# -- Q7 --


def cross_entropy(z: Any, y: Any) -> Any:
    return arrays(F.cross_entropy(tensor(z), tensor(y)))


def cross_entropy_gradient(z: Any, y: Any) -> Any:
    return arrays(*gradients(lambda z: F.cross_entropy(z, tensor(y)), z))


def cross_entropy_hessian(z: Any) -> Any:
    logits = tensor(z)
    labels = torch.zeros_like(logits)
    labels[0] = 1
    return arrays(torch.func.hessian(lambda z: F.cross_entropy(z, labels))(logits))
