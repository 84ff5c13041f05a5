"""The arrays that libraries take: NumPy's, PyTorch's, JAX's; and what the latter two can differentiate."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from importlib import import_module
from typing import Any, Protocol

import numpy as np

Function = Callable[..., Any]


class Arrays(Protocol):
    """Arrays of one library, floats in one precision."""

    def array(self, value: Any) -> Any:
        """Returns an array or number of ours as one of theirs; theirs as they are."""
        ...

    def joined(self, parts: Sequence[Any]) -> Any:
        """Returns vectors of theirs, one after the other along the last axis."""
        ...

    def plain(self, answer: Any) -> Any:
        """Returns an answer in NumPy's arrays as far as it holds theirs."""
        ...


class Differentiable(Arrays, Protocol):
    """Arrays that can be differentiated; every function takes positional arrays, and all are differentiated by."""

    def gradient(self, f: Function, at: Sequence[Any]) -> Any:
        """Returns a tuple of the derivatives of the scalar `f` by each argument."""
        ...

    def hessian(self, f: Function, at: Any) -> Any:
        """Returns the second derivatives of the scalar `f` by its one argument."""
        ...

    def jacobian(self, f: Function, at: Any) -> Any:
        """Returns the derivatives of `f`, results first, by its one argument."""
        ...

    def pullback(self, f: Function, at: Sequence[Any], upstream: Any) -> Any:
        """Returns a tuple of `upstream` times the Jacobian of `f` by each argument."""
        ...


class NumPy:
    """NumPy's arrays; `dtype` None leaves them as they come."""

    def __init__(self, dtype: str | None = None) -> None:
        self._dtype = dtype

    def array(self, value: Any) -> Any:
        """See Arrays."""
        if self._dtype is None or not isinstance(value, np.ndarray | np.generic):
            return value
        return value if value.dtype.kind in "iu" else np.asarray(value, dtype=self._dtype)

    def joined(self, parts: Sequence[Any]) -> Any:
        """See Arrays."""
        return np.concatenate(parts, axis=-1)

    def plain(self, answer: Any) -> Any:
        """See Arrays."""
        return answer


class Torch:
    """PyTorch's tensors on the CPU. A writable array is shared with its tensor, so that changing it shows."""

    def __init__(self, dtype: str) -> None:
        torch: Any = import_module("torch")  # only for who declares it, and without its types
        torch.set_num_threads(1)  # the arrays are small, and several processes may grade at once
        self._torch = torch
        self._dtype = getattr(torch, dtype)

    def array(self, value: Any) -> Any:
        """See Arrays."""
        if not isinstance(value, np.ndarray | np.generic):
            return value
        value = np.asarray(value)
        shared = value.flags.writeable and value.flags.forc and min(value.strides, default=0) >= 0
        tensor = self._torch.from_numpy(value if shared else np.array(value))
        return tensor if value.dtype.kind in "iu" else tensor.to(self._dtype)

    def tensor(self, value: Any) -> Any:
        """Does as `array`, a number too, and whole numbers as real ones: others are not differentiated."""
        if not np.ndim(value):
            return self._torch.tensor(float(value), dtype=self._dtype)
        tensor = self.array(value)
        return tensor if tensor.is_floating_point() else tensor.to(self._dtype)

    def joined(self, parts: Sequence[Any]) -> Any:
        """See Arrays."""
        return self._torch.cat(list(parts), dim=-1)

    def plain(self, answer: Any) -> Any:
        """See Arrays."""
        return _each(answer, self._torch.Tensor, lambda t: t.detach().cpu().numpy())

    def gradient(self, f: Function, at: Sequence[Any]) -> Any:
        """See Differentiable."""
        return self._torch.func.grad(f, tuple(range(len(at))))(*map(self.tensor, at))

    def hessian(self, f: Function, at: Any) -> Any:
        """See Differentiable."""
        return self._torch.func.hessian(f)(self.tensor(at))

    def jacobian(self, f: Function, at: Any) -> Any:
        """See Differentiable."""
        return self._torch.func.jacrev(f)(self.tensor(at))

    def pullback(self, f: Function, at: Sequence[Any], upstream: Any) -> Any:
        """See Differentiable."""
        return self._torch.func.vjp(f, *map(self.tensor, at))[1](self.tensor(upstream))


class Jax:
    """JAX's arrays."""

    def __init__(self, dtype: str) -> None:
        jax: Any = import_module("jax")  # as above
        if dtype == "float64":
            jax.config.update("jax_enable_x64", True)
        self._jax = jax
        self._dtype = dtype

    def array(self, value: Any) -> Any:
        """See Arrays."""
        if not isinstance(value, np.ndarray | np.generic):
            return value
        return self._jax.numpy.asarray(value, dtype=None if value.dtype.kind in "iu" else self._dtype)

    def tensor(self, value: Any) -> Any:
        """Does as `array`, a number too, and whole numbers as real ones: others are not differentiated."""
        if not np.ndim(value):
            return self._jax.numpy.asarray(float(value), dtype=self._dtype)
        array = self.array(value)
        return array if self._jax.numpy.issubdtype(array.dtype, self._jax.numpy.floating) else array.astype(self._dtype)

    def joined(self, parts: Sequence[Any]) -> Any:
        """See Arrays."""
        return self._jax.numpy.concatenate(list(parts), axis=-1)

    def plain(self, answer: Any) -> Any:
        """See Arrays."""
        return _each(answer, self._jax.Array, np.asarray)

    def gradient(self, f: Function, at: Sequence[Any]) -> Any:
        """See Differentiable."""
        return self._jax.grad(f, tuple(range(len(at))))(*map(self.tensor, at))

    def hessian(self, f: Function, at: Any) -> Any:
        """See Differentiable."""
        return self._jax.hessian(f)(self.tensor(at))

    def jacobian(self, f: Function, at: Any) -> Any:
        """See Differentiable."""
        return self._jax.jacrev(f)(self.tensor(at))

    def pullback(self, f: Function, at: Sequence[Any], upstream: Any) -> Any:
        """See Differentiable."""
        return self._jax.vjp(f, *map(self.tensor, at))[1](self.tensor(upstream))


def _each(answer: Any, kind: type, turned: Callable[[Any], Any]) -> Any:
    if isinstance(answer, kind):
        return turned(answer)
    return tuple(_each(part, kind, turned) for part in answer) if type(answer) in {tuple, list} else answer


def arrays(name: str, dtype: str, precision: str) -> Arrays:
    """Returns the arrays called `name`; their floats are `dtype`, or else as the precision of the run has them."""
    if name == "numpy":
        return NumPy(dtype or None)
    kind: type[Torch | Jax] = {"torch": Torch, "jax": Jax}[name]  # type: ignore[assignment]  # of either
    return kind(dtype or precision)
