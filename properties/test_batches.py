"""Calls that take many samples at once; run where an adapter declares that they do."""

from lydite.kit import forall
from properties.strategies.batches import many, stacks
from spec.laws.batches import LAWS

for _name, _law in LAWS.items():
    _cases = many(_law.batched) if _name.endswith("reduction_is_accurate") else stacks(_law.batched)
    globals()[_name] = forall(_cases, _law)
