"""tinygrad's softplus: the loss of a sample with label zero, and at minus the margin that of one with label one."""

import os

os.environ["PYTHON"] = "1"  # the device that needs no compiler

from tinygrad import Tensor


def logistic_loss(w, b, X, y):
    margin = X @ w + b
    zero, one = (Tensor(t).softplus().numpy() for t in (margin, -margin))
    return (1 - y) @ zero + y @ one
