"""An event on its way between processes: through the serializer of execnet, by which the workers of xdist send it."""

from __future__ import annotations

import json

from execnet.gateway_base import dumps, loads

from lydite.grading.record import Event, packed, unpacked


def sent(event: Event) -> Event:
    """Returns what arrives of `event`, which has to be plain data that a report can hold."""
    arrived = unpacked(loads(dumps(packed(event))))
    assert json.loads(json.dumps(arrived, allow_nan=False)) == arrived
    return arrived
