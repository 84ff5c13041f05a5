"""Loads the contracts of the suite: every call, in the order of the questions."""

from lydite.kit.contract import REGISTERED
from lydite.kit.question import QUESTIONS, topics

topics("spec.contracts")

CALLS = {call.name: call for question in QUESTIONS for call in REGISTERED if call.question == question}
"""Every call of the contract by its name."""

OPTIONAL = frozenset(name for name, call in CALLS.items() if call.optional)
"""The calls that an implementation may leave out at no cost."""

DERIVATIVES = {name: call.derivative for name, call in CALLS.items() if call.derivative}
"""Whose derivative each call is that is one."""
