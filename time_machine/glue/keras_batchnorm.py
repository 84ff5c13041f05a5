"""Keras' layer of batch normalisation on JAX, with JAX's derivatives."""

import os

os.environ["KERAS_BACKEND"] = "jax"

import jax
import keras
import numpy as np

jax.config.update("jax_enable_x64", True)
keras.config.set_floatx("float64")


def normalised(x, gamma, beta, eps):
    layer = keras.layers.BatchNormalization(epsilon=eps)
    layer.build(x.shape)
    state = [gamma, beta], [v.value for v in layer.non_trainable_variables]
    return layer.stateless_call(*state, x, training=True)[0]


def batch_norm(x, gamma, beta, eps):
    return np.asarray(normalised(*map(jax.numpy.asarray, (x, gamma, beta)), eps))


def batch_norm_backward(dy, x, gamma, eps):
    x, gamma, dy = map(jax.numpy.asarray, (x, gamma, dy))
    _, pull = jax.vjp(lambda *theta: normalised(*theta, eps), x, gamma, 0 * gamma)
    return tuple(map(np.asarray, pull(dy)))
