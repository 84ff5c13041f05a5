"""Says how an extra is installed, by the tool that has installed Lydite here."""

from __future__ import annotations

import shlex
import shutil
import sys
from importlib.util import find_spec
from pathlib import Path

BY_RECEIPT = {
    "pipx_metadata.json": "pipx install --force {}",
    "uv-receipt.toml": "uv tool install --force {}",
}
"""Files that a tool leaves in an environment of its own making, and its command."""


def command(extra: str) -> str:
    """Returns the command that installs Lydite's `extra` into the environment of this process."""
    wanted = shlex.quote(f"lydite[{extra}]")
    for receipt, line in BY_RECEIPT.items():
        if Path(sys.prefix, receipt).is_file():
            return line.format(wanted)
    if find_spec("pip") is None:
        return f"uv pip install --python {shlex.quote(sys.executable)} {wanted}"
    found = shutil.which("pip")
    ours = found is not None and Path(found).parent == Path(sys.executable).parent
    return f"{'pip' if ours else f'{shlex.quote(sys.executable)} -m pip'} install {wanted}"
