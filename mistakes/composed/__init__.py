"""Composes calls of others as a textbook does, a module a topic: through which call another one may go wrong.

`COMPOSED` holds functions of an implementation and the arguments. Where the wrong answer of a call is what one of them
makes of a wrong answer of another call, that other call is at fault.
"""
