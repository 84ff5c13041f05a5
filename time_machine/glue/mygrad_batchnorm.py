"""MyGrad's batch normalisation, with its own backpropagation."""

import mygrad
from mygrad.nnet.layers import batchnorm


def batch_norm(x, gamma, beta, eps):
    return batchnorm(x, gamma=gamma, beta=beta, eps=eps).data


def batch_norm_backward(dy, x, gamma, eps):
    x, gamma, beta = (mygrad.Tensor(a) for a in (x, gamma, 0 * gamma))
    batchnorm(x, gamma=gamma, beta=beta, eps=eps).backward(dy)
    return x.grad, gamma.grad, beta.grad
