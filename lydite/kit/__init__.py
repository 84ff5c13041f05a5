"""States any document: what authors of suites import, and what grades by their suites.

A suite is a folder of plain content: `suite.toml` lists its questions, `spec/` has claims, contracts, definitions,
bounds and laws, `reference/` a right implementation, `properties/` the strategies and one property a law, `mistakes/`
wrong versions. It states all that by the names below, and by those of the modules beside them:

- `arrays`, `answers`, `balls`, `rounded`, `differences`, `derivatives`: numbers, certified and measured
- `question`, `claim`, `contract`, `law`, `case`, `regime`, `refusal`: what is stated, and at which inputs
- `source`, `cases`, `layout`, `forall`: how inputs are drawn, and a law is quantified
- `judge`, `relations`, `draws`, `algebra`: claims as mathematics, without an implementation
- `mistake`, `stubs`: what has to be caught
- `reading`, `ids`: tables of TOML and JSON, as dataclasses; what ids may be
- `holds`, `simplest`, `evidence`, `failure`: what comes of a property; `holds` alone compares
- `calls`, `conventions`, `laws`, `every`, `mistakes`, `judges`, `reference`: load what the suite has of each

The last ones import the suite, and no module of the others imports them.
"""

from lydite.kit.arrays import Array, Floats
from lydite.kit.balls import Truth
from lydite.kit.case import FLOAT32, FLOAT64, Case, Peculiar, Usual
from lydite.kit.cases import Cases
from lydite.kit.contract import call, contract, derivative_of
from lydite.kit.forall import FEWER, forall
from lydite.kit.judge import judge
from lydite.kit.law import Equation, Inequality, Raises, Statement, law
from lydite.kit.mistake import mistake
from lydite.kit.refusal import Refusal, blotted, is_refused, refusals
from lydite.kit.regime import CORE, DEFAULT, INPUTS, TAILS, VALUES, WIDE, Regime
from lydite.kit.source import Source

__all__ = [
    "CORE",
    "DEFAULT",
    "FEWER",
    "FLOAT32",
    "FLOAT64",
    "INPUTS",
    "TAILS",
    "VALUES",
    "WIDE",
    "Array",
    "Case",
    "Cases",
    "Equation",
    "Floats",
    "Inequality",
    "Peculiar",
    "Raises",
    "Refusal",
    "Regime",
    "Source",
    "Statement",
    "Truth",
    "Usual",
    "blotted",
    "call",
    "contract",
    "derivative_of",
    "forall",
    "is_refused",
    "judge",
    "law",
    "mistake",
    "refusals",
]
