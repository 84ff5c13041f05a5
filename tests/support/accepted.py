"""States what Gradescope accepts as `results.json`, by the rules of its documentation."""

from __future__ import annotations

import json
from typing import Any

VISIBILITY = {"hidden", "after_due_date", "after_published", "visible"}
FORMATS = {"text", "html", "simple_format", "md", "ansi"}
KINDS: dict[str, Any] = {
    "score": (int, float),
    "execution_time": (int, float),
    "output": str,
    "output_format": FORMATS,
    "test_output_format": FORMATS,
    "test_name_format": FORMATS,
    "visibility": VISIBILITY,
    "stdout_visibility": VISIBILITY,
    "extra_data": dict,
    "tests": list,
    "leaderboard": list,
}
TEST_KINDS: dict[str, Any] = {
    "score": (int, float),
    "max_score": (int, float),
    "status": {"passed", "failed"},
    "name": str,
    "name_format": FORMATS,
    "number": str,
    "output": str,
    "output_format": FORMATS,
    "tags": list,
    "visibility": VISIBILITY,
    "extra_data": dict,
}


def accepted(text: str) -> dict[str, Any]:
    """The results, if Gradescope would take them."""

    def refuse(name: str) -> None:
        raise AssertionError(f"{name} is no JSON")

    results = json.loads(text, parse_constant=refuse)
    for table, kinds in [(results, KINDS), *((test, TEST_KINDS) for test in results.get("tests", ()))]:
        assert set(table) <= set(kinds)
        for key, value in table.items():
            kind = kinds[key]
            assert value in kind if isinstance(kind, set) else isinstance(value, kind), key
    assert "score" in results or all("score" in test for test in results["tests"])
    for test in results.get("tests", ()):
        assert 0 <= test["score"] <= test["max_score"]
    assert isinstance(results, dict)
    return results
