"""The shortest correct NumPy implementation that we could write of every call of the contract.

Samples are rows, losses are sums over samples, logarithms are natural. Docstrings open with the shapes, in the order of
the arguments, and the equation. Every call computes at least in the precision of its arrays (integers and booleans
count as float64), changes none of them, and raises ValueError, naming the argument, where a shape does not fit, an
array is empty, or an entry is not a finite real number; a docstring says what else its call refuses.
"""

from typing import TYPE_CHECKING, Any

from lydite.kit.calls import CALLS
from lydite.kit.question import topics

_FOUND = {name: value for topic in topics(__name__) for name, value in vars(topic).items() if name in CALLS}
globals().update(_FOUND)

__all__ = [call for call in CALLS if call in _FOUND]

if TYPE_CHECKING:

    def __getattr__(name: str) -> Any: ...
