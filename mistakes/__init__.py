"""Implementations with one known fault each; every one must be caught.

`mistakes.softmax_cross_entropy:subtracts_one_everywhere` names the reference with that one call replaced.
"""
