"""Grades implementations of a document's models by its laws, and certifies values, from Python.

    import lydite

    lydite.check(softmax, "softmax")              # raises with the counterexample
    lydite.grade(library, batch="leading")        # returns the report
    lydite.truth.softmax([0.0, 800.0])            # returns the value due, and how far off it may be

    @lydite.parametrize(library)                  # one test for each law and regime
    def test_library(law):
        law()

What is not used is not imported: each name is loaded when it is looked up first.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from lydite.grading.inline import Check, Refuted, check, grade, parametrize
    from lydite.kit.truth import strategies, truth

__version__ = "0.1.0"
__all__ = ["Check", "Refuted", "check", "grade", "parametrize", "strategies", "truth"]


def __getattr__(name: str) -> Any:
    if name not in __all__:
        raise AttributeError(f"module 'lydite' has no attribute {name!r}")
    from lydite import suite

    with suite.visiting():
        if name in {"strategies", "truth"}:
            from lydite.kit import truth

            return getattr(truth, name)
        from lydite.grading import inline

        return getattr(inline, name)


def __dir__() -> list[str]:
    return [*__all__, "__version__"]
