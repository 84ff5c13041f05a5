"""tinygrad's sigmoid: its slope, by tinygrad's own backpropagation, is the weight of a sample in the Hessian."""

import numpy as np
from tinygrad.tensor import Tensor


def logistic_predict(w, b, X):
    return Tensor(X @ w + b).sigmoid().numpy()


def logistic_hessian(w, b, X):
    margin = Tensor(X @ w + b, requires_grad=True)
    margin.sigmoid().sum().backward()
    rows = np.column_stack([X, np.ones(len(X), X.dtype)])
    return rows.T @ (margin.grad.numpy()[:, None] * rows)
