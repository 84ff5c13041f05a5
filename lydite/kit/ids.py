"""Says what the id of a question and of a claim may be: in a suite, and in every report."""

from __future__ import annotations

import re
from typing import Annotated

QuestionId = Annotated[str, re.compile(r"[A-Z][0-9]*")]
ClaimId = Annotated[str, re.compile(r"[A-Z][0-9]*\.[0-9a-z.]+")]
