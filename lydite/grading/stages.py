"""Cuts a session into stages, the laws of one topic in one regime: `core` comes first, and one process runs each whole.

The cost of a call counts within a stage alone. So no verdict depends on what else a process has judged before, nor on
which of several processes was free first.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pytest


def stage(nodeid: str) -> str:
    """Returns the stage of an item: its file, and the regime in the brackets of its name."""
    file, _, name = nodeid.partition("::")
    return f"{file}[{name.rpartition('[')[2]}"


def scheduler(config: pytest.Config, log: Any) -> Any:
    """Returns what hands whole stages, in their order, to the workers of xdist."""
    from xdist.scheduler import LoadScopeScheduling  # type: ignore[import-untyped]  # noqa: PLC0415  (it is there now)

    class Stages(LoadScopeScheduling):  # type: ignore[misc]  # xdist has no types
        """Hands out stages."""

        def _split_scope(self, nodeid: str) -> str:
            return stage(nodeid)

        def remove_node(self, node: Any) -> str | None:
            """Hands on what a worker has left that is gone, but for the item that has ended it."""
            for items in self.assigned_work[node].values():
                for nodeid, done in items.items():
                    if not done:
                        items[nodeid] = True
                        super().remove_node(node)
                        return str(nodeid)
            super().remove_node(node)
            return None

    config.option.loadscopereorder = False  # the largest first
    return Stages(config, log)
