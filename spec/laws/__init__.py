"""The laws, a module a topic; loading them checks that claims, laws and calls fit together."""

from importlib import import_module
from pkgutil import iter_modules

from spec import consistency
from spec.claim import CLAIMS
from spec.contracts import CALLS
from spec.law import LAWS

for _module in iter_modules(__path__):
    import_module(f"{__name__}.{_module.name}")

# By topic, whichever of them has imported another.
for _law in sorted(LAWS.values(), key=lambda law: law.name.partition(".")[0]):
    LAWS[_law.name] = LAWS.pop(_law.name)

consistency.check(CLAIMS, LAWS, CALLS)
