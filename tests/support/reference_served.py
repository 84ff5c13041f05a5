"""The reference as a submission: serves it in a process of its own that is not contained."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2]))

from reference import *  # noqa: F403  (all that a submission offers)
