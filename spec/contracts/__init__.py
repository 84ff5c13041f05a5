"""What an implementation offers, a protocol a question; `CALLS` lists every call in the order of the questions."""

from spec.contract import REGISTERED
from spec.question import QUESTIONS, topics

topics(__name__)

CALLS = {call.name: call for question in QUESTIONS for call in REGISTERED if call.question == question}
"""Every call of the contract by its name."""

DERIVATIVES = {name: call.derivative for name, call in CALLS.items() if call.derivative}
"""Whose derivative each call is that is one."""
