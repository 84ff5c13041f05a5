"""The calls that an implementation offers: what each takes and returns, and what else is known of it."""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Literal, TypeVar, get_origin, get_type_hints

import numpy as np

from lydite.kit.arrays import Array
from lydite.kit.question import QUESTIONS

Method = TypeVar("Method", bound=Callable[..., Any])
Protocol = TypeVar("Protocol", bound=type)
Shape = tuple[int, ...]
Shapes = Shape | list[Shape]
"""The shape of an array, or a list of them where a call returns a tuple."""
Sizes = tuple[str, ...]
"""A shape as the contract writes it: `("n", "d")`, `("d+1",)`, `("3",)`, `("...",)`, or `()` of a number."""

SIGNATURE = re.compile(r"(\(\S*\)) -> (\(\S*\))\. ")
"""The beginning of the docstring of a call: the shapes of its arguments, but for functions, and of its answer."""


@dataclass(frozen=True, kw_only=True)
class Facts:
    """Facts about a call beside its signature; decorates the method of a contract.

    `returns` names the parts of the answer where there are several; those of a derivative have their names already.
    `rows` are the arguments that have a row a sample where a library takes many samples at once. `sums` is the letter
    of the samples that the answer is a sum over, or `rows` if it is one over those; `factor` the argument that this sum
    is multiplied by; the entries of `shares` may have to sum to one. An answer that is `random` is due in distribution
    only; one that is `kinked` has a value at a kink
    that is a convention. An `optional` call is judged where it is offered, and costs nothing where it is not.
    """

    returns: tuple[str, ...] = ()
    rows: tuple[str, ...] = ()
    sums: str = ""
    factor: str = ""
    shares: tuple[str, ...] = ()
    random: bool = False
    kinked: bool = False
    optional: bool = False

    def __call__(self, method: Method) -> Method:
        """Marks `method` for `contract`."""
        method.__facts__ = self  # type: ignore[attr-defined]  # a mark on the function
        return method


call = Facts

Kind = Literal["gradient", "hessian", "jacobian", "elementwise", "pullback"]
"""`elementwise` is the diagonal of a Jacobian, `pullback` the product of an upstream `dy` with one."""


@dataclass(frozen=True, slots=True)
class Derivative:
    """Whose derivative a call is, and `by` which parameters of that one."""

    of: str
    kind: Kind
    by: tuple[str, ...]


def derivative_of(of: str, kind: Kind, by: tuple[str, ...]) -> Callable[[Method], Method]:
    """Says of a method of a contract whose derivative it is."""

    def attach(method: Method) -> Method:
        method.__derivative__ = Derivative(of, kind, by)  # type: ignore[attr-defined]  # as above
        return method

    return attach


@dataclass(frozen=True, kw_only=True)
class Call(Facts):
    """One function of the contract."""

    name: str
    topic: str
    """The name of the modules about it."""
    question: str
    types: Mapping[str, Any]
    """The types of its arguments, by name."""
    shapes: Mapping[str, Sizes]
    """The shapes of its arguments, but for functions."""
    answers: tuple[Sizes, ...]
    doc: str
    means: Mapping[str, str]
    """How the field calls its arguments, by name, in the plural: `logits`."""
    derivative: Derivative | None = None

    @property
    def parameters(self) -> tuple[str, ...]:
        """The names of its arguments."""
        return tuple(self.types)

    @property
    def signature(self) -> str:
        """`(w, b, X)`."""
        return f"({', '.join(self.types)})"

    @property
    def functions(self) -> tuple[str, ...]:
        """The arguments that are functions."""
        return tuple(name for name in self.types if name not in self.shapes)

    @property
    def scalars(self) -> frozenset[str]:
        """The arguments that are one number."""
        return frozenset(name for name, shape in self.shapes.items() if not shape)

    @property
    def whole(self) -> frozenset[str]:
        """The arguments that are one whole number: they count, and a fraction of them is nothing."""
        return frozenset(name for name, kind in self.types.items() if kind is int)

    @property
    def discrete(self) -> frozenset[str]:
        """The arrays that are often whole numbers, and arrive as integers or booleans then."""
        return frozenset(name for name, kind in self.types.items() if kind == Array)

    @property
    def sizes(self) -> tuple[str, ...]:
        """The letters and arguments that the sizes of its answer are made of."""
        return tuple(written.partition("+")[0] for answer in self.answers for written in answer)

    @cached_property
    def of_any_shape(self) -> tuple[int, ...]:
        """The places of the arrays of any shape, an array without axes included."""
        return tuple(place for place, name in enumerate(self.types) if self.shapes.get(name) == ("...",))

    def with_arrays(self, args: tuple[Any, ...]) -> tuple[Any, ...]:
        """Returns `args`, where arrays are due as arrays: NumPy makes a scalar of `-z` where `z` has no axes."""
        places = self.of_any_shape
        if not any(isinstance(args[place], np.generic) for place in places):
            return args
        return tuple(np.asarray(a) if i in places and isinstance(a, np.generic) else a for i, a in enumerate(args))

    def with_axis(self, letter: str, axis: int) -> tuple[str, ...]:
        """Returns the arguments of which that axis is called `letter`."""
        return tuple(name for name, shape in self.shapes.items() if shape and shape[axis] == letter)

    def shape_of(self, *args: Any) -> Shapes:
        """Returns the shape of the answer to `args`."""
        shapes = [shape(args) for shape in self._shapes]
        return shapes if len(shapes) > 1 else shapes[0]

    @cached_property
    def _shapes(self) -> list[Callable[[Sequence[Any]], Shape]]:
        return [self._shape(answer) for answer in self.answers]

    def _shape(self, answer: Sizes) -> Callable[[Sequence[Any]], Shape]:
        """Returns how the shape of a part of the answer follows from the arguments: that of one of them, or made up."""
        for place, name in enumerate(self.types):
            if self.shapes.get(name) == answer and not all(map(str.isdigit, answer)):
                return lambda args: np.shape(args[place])
        sizes = [self._size(written) for written in answer]
        return lambda args: tuple(size(args) for size in sizes)

    def _size(self, written: str) -> Callable[[Sequence[Any]], int]:
        """Returns how one size follows from the arguments: a number, or a letter or an argument and perhaps more."""
        if written.isdigit():
            return lambda _: int(written)
        name, _, more = written.partition("+")
        added = int(more or 0)
        for place, parameter in enumerate(self.types):
            sizes = self.shapes.get(parameter, ())
            if parameter == name:
                return lambda args: args[place] + added
            if name in sizes:
                axis = sizes.index(name)
                return lambda args: _along(axis, args[place]) + added
        raise ValueError(f"{self.name}: no argument says what {name} is")


REGISTERED: list[Call] = []
"""The calls of all contracts that have been imported."""


def contract(question: str, **means: str) -> Callable[[Protocol], Protocol]:
    """Registers the calls that the protocol under it declares itself, for `question`.

    `means` says how the field calls arguments of theirs, in the plural: `z="logits"`. Raises ValueError where there is
    no such question or argument, or the shapes of a call do not fit its arguments.
    """
    if question not in QUESTIONS:
        raise ValueError(f"contract: no question is called {question}")

    def register(protocol: Protocol) -> Protocol:
        methods = {name: method for name, method in vars(protocol).items() if not name.startswith("_")}
        calls = [_call(name, question, method, means) for name, method in methods.items()]
        if unknown := means.keys() - {argument for call in calls for argument in call.parameters}:
            raise ValueError(f"contract: no call of {protocol.__name__} takes {min(unknown)}")
        REGISTERED.extend(calls)
        return protocol

    return register


def _call(name: str, question: str, method: Any, means: Mapping[str, str]) -> Call:
    types = get_type_hints(method)
    del types["return"]
    doc = inspect.getdoc(method) or ""
    if (written := SIGNATURE.match(doc)) is None:
        raise ValueError(f"{name}: its docstring has to begin with its shapes, such as (n,d),(d) -> (n).")
    given, answers = map(_shapes, written.groups())
    arrays = [argument for argument, kind in types.items() if get_origin(kind) is not Callable]
    if len(arrays) != len(given):
        raise ValueError(f"{name}: {len(given)} shapes are given for {', '.join(arrays)}")
    shapes = dict(zip(arrays, given, strict=True))
    facts, derivative = vars(getattr(method, "__facts__", Facts())), getattr(method, "__derivative__", None)
    if derivative and len(answers) > 1:
        facts = {**facts, "returns": tuple(f"d{argument}" for argument in derivative.by)}
    return Call(
        name=name,
        topic=method.__module__.rpartition(".")[2],
        question=question,
        types=types,
        shapes=shapes,
        answers=answers,
        doc=doc,
        means={argument: plural for argument, plural in means.items() if argument in types},
        derivative=derivative,
        **facts,
    )


def _shapes(written: str) -> tuple[Sizes, ...]:
    return tuple(tuple(filter(None, one.split(","))) for one in re.findall(r"\(([^)]*)\)", written))


def _along(axis: int, argument: Any) -> int:
    """Returns the size along `axis`; 0 where an argument, to be refused, has fewer axes."""
    shape = np.shape(argument)
    return shape[axis] if axis < len(shape) else 0


def differenced(derivative: Derivative, calls: Mapping[str, Call]) -> tuple[str, ...]:
    """Returns the calls of whose answers differences show it: its source, and before that a Hessian's gradient."""
    gradient = Derivative(derivative.of, "gradient", derivative.by)
    between = [c.name for c in calls.values() if derivative.kind == "hessian" and c.derivative == gradient]
    return (*between, derivative.of)
