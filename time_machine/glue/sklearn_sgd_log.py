"""The log loss of scikit-learn's stochastic gradient descent, and its derivative, a sample at a time.

Until 1.5 it took labels of minus and plus one; since 1.6 it is that of the other linear models and takes shares of one.
"""

import numpy as np
from sklearn.linear_model import SGDClassifier

kind, *settings = SGDClassifier.loss_functions["log_loss"]
loss = kind(*settings)


def derivatives(y, t):
    if hasattr(loss, "py_dloss"):
        return np.array(
            [k * loss.py_dloss(s, 1.0) + (1 - k) * loss.py_dloss(s, -1.0) for k, s in zip(y, t, strict=True)]
        )
    out = np.empty_like(t)
    loss.gradient(y, t, None, out, 1)
    return out


def logistic_gradient(w, b, X, y):
    residual = derivatives(y.astype(float), X @ w + b)
    return X.T @ residual, residual.sum()
