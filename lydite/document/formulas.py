"""Converts formulas from LaTeX, as the claims have it, to MathML for browsers and to Unicode for terminals."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache
from unicodedata import normalize

from lydite.notation import extras
from lydite.templates import NoEngine

TOKEN = re.compile(r"\\[A-Za-z]+|\\.|\s+|.", re.DOTALL)


def _named(names: str, signs: str) -> dict[str, str]:
    """Returns the sign that each of the `names` stands for."""
    return dict(zip(names.split(), signs, strict=True))


GREEK = _named(
    "alpha beta gamma delta epsilon varepsilon zeta eta theta vartheta kappa lambda mu nu xi pi rho sigma tau phi "
    "varphi chi psi omega Gamma Delta Theta Lambda Sigma Phi Psi Omega",
    "αβγδϵεζηθϑκλμνξπρστϕφχψωΓΔΘΛΣΦΨΩ",
)
SIGNS = _named(
    "ell partial nabla infty top dots ldots cdots vdots ddots forall exists nexists langle rangle lvert rvert "
    "lVert rVert Vert | { } & prime dagger emptyset",
    "ℓ∂∇∞ᵀ………⋮⋱∀∃∄⟨⟩||‖‖‖‖{}&′†∅",
)
RELATIONS = _named(
    "le leq ge geq ne neq in notin subset subseteq cup cap sim approx equiv simeq propto succeq preceq to leftarrow "
    "mapsto iff Rightarrow Longrightarrow implies cdot odot times otimes pm",
    "≤≤≥≥≠≠∈∉⊂⊆∪∩∼≈≡≃∝⪰⪯→←↦⇔⇒⇒⇒·⊙×⊗±",
)
SYMBOLS = {
    **GREEK,
    **SIGNS,
    **{name: f" {sign} " for name, sign in RELATIONS.items()},
    "\\": "; ",
    **dict.fromkeys((",", ";", " ", ":", "quad", "qquad"), " "),
    **dict.fromkeys(("left", "right", "big", "bigl", "bigr", "Big", "Bigl", "Bigr", "!"), ""),
}
"""Commands without an argument, and what stands for each."""
NAMES = ("log", "ln", "exp", "min", "max", "lim", "arg", "sup", "inf", "det", "dim", "sin", "cos", "tan", "tanh")
OPERATORS = {"sum": "∑", "prod": "∏", "int": "∫"} | {name: name for name in NAMES}
"""Commands that stand apart from what they are applied to, with what is above and below them."""
MARKS = {"hat": "\u0302", "bar": "\u0304", "tilde": "\u0303"}
"""Accents, which follow their letter."""
DOUBLED = {"E": "𝔼", "R": "ℝ", "P": "ℙ"}
PLAIN = ("mathbf", "mathrm", "mathsf", "operatorname")
"""Commands that change the letters of their argument, which Unicode leaves as they are."""
RAISED = dict(
    zip(
        "0123456789+−=()abcdefghijklmnoprstuvwxyzABDEGHIJKLMNOPRTUVWβγδᵀ*ℓ",
        "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁼⁽⁾ᵃᵇᶜᵈᵉᶠᵍʰⁱʲᵏˡᵐⁿᵒᵖʳˢᵗᵘᵛʷˣʸᶻᴬᴮᴰᴱᴳᴴᴵᴶᴷᴸᴹᴺᴼᴾᴿᵀᵁⱽᵂᵝᵞᵟᵀ*ˡ",
        strict=True,
    )
)
LOWERED = dict(zip("0123456789+−=()aehijklmnoprstuvxβγ", "₀₁₂₃₄₅₆₇₈₉₊₋₌₍₎ₐₑₕᵢⱼₖₗₘₙₒₚᵣₛₜᵤᵥₓᵦᵧ", strict=True))
"""The characters that have a form above or below the line."""
SMALL = re.compile(r"[−+]?\w{1,2}|\(\w\)|\(ℓ\+1\)|\w[+−=]\w|max|[*ᵀ]|\d\+")
"""The scripts that can be read above or below the line."""
JOINED = re.compile(r"[ +−·/=<>;,∑⊙]")
"""The signs for which a term of a fraction needs brackets."""


@lru_cache(maxsize=1 << 10)
def mathml(latex: str) -> str:
    """Returns `latex` as a displayed formula of MathML Core. Raises NoEngine, and ValueError where it is not one."""
    try:
        import math_core  # noqa: PLC0415  (an extra)
    except ImportError as error:
        raise NoEngine(f"formulas are rendered by an extra, install it: {extras.command('document')}") from error
    try:
        return math_core.LatexToMathML().convert_with_local_state(latex, displaystyle=True)
    except math_core.LatexError as error:
        raise ValueError(f"{latex!r} is not a formula: {error}") from error


def readable(latex: str) -> str:
    """Returns `latex` as `linear` does, or as it stands where it has a command that is not known here."""
    try:
        return linear(latex)
    except ValueError:
        return latex


def linear(latex: str) -> str:
    r"""Returns `latex` on one line of Unicode: `\frac{\partial L}{\partial z_i}` as `∂L/∂zᵢ`.

    Raises ValueError where it has a command that is not known here.
    """
    text = _Linear(latex).until("")
    text = re.sub(r"\s*([=<>])\s*", r" \1 ", text)
    text = re.sub(r"(?<=[\w)\]}ᵀ′″*‖]) ?([+−]) ?(?=\S)", r" \1 ", text)
    text = re.sub(r"\s+", " ", text).strip()
    return normalize("NFC", re.sub(r"(?<=[(\[{⟨]) | (?=[)\]},;⟩])", "", text))


class _Linear:
    """A formula that is read from left to right."""

    def __init__(self, latex: str) -> None:
        self._latex = latex
        self._rest = TOKEN.findall(latex)[::-1]
        self._commands: dict[str, Callable[[], str]] = {
            **dict.fromkeys(("frac", "tfrac"), self._fraction),
            **dict.fromkeys(PLAIN, self._argument),
            "text": self._words,
            "begin": self._table,
            "stackrel": self._stacked,
            "sqrt": lambda: f"√{_bracketed(self._argument())}",
            "mathbb": lambda: "".join(DOUBLED.get(c, c) for c in self._argument()),
        }

    def until(self, end: str) -> str:
        """Reads up to the token `end`, or to the end of all."""
        text = ""
        while self._rest:
            token = self._rest.pop()
            if token == end:
                return text
            text += self._one(token)
        if end:
            raise ValueError(f"{self._latex!r} has no {end} where one is due")
        return text

    def _argument(self) -> str:
        """Reads the next token, or all of what stands in braces."""
        while self._rest and self._rest[-1].isspace():
            self._rest.pop()
        return self._one(self._rest.pop()).strip() if self._rest else ""

    def _one(self, token: str) -> str:
        """Reads what `token` begins."""
        if token == "{":  # noqa: S105  (nothing secret)
            return self.until("}")
        if token in {"^", "_"}:
            return _script(self._argument(), token)
        if token == "'" and self._taken("'"):  # noqa: S105  (as above)
            return "″"
        if token.startswith("\\"):
            return self._command(token[1:])
        return " " if token.isspace() else {"'": "′", "-": "−"}.get(token, token)

    def _command(self, name: str) -> str:
        """Reads the arguments of the command `name`, if it has some."""
        if name in self._commands:
            return self._commands[name]()
        if name in OPERATORS:
            return f" {OPERATORS[name]}{self._scripts()} "
        if name in MARKS:
            return f"{self._argument()}{MARKS[name]}"
        if name not in SYMBOLS:
            raise ValueError(f"{self._latex!r} has {name}, which has no form on one line")
        if name.isalpha() and self._rest and self._rest[-1].isspace():
            self._rest.pop()  # which only ends the name of the command
        return SYMBOLS[name]

    def _taken(self, token: str) -> bool:
        """Returns whether `token` comes next, which is read then."""
        return self._rest[-1:] == [token] and bool(self._rest.pop())

    def _scripts(self) -> str:
        """Reads what stands above and below an operator."""
        text = ""
        while self._rest[-1:] in (["^"], ["_"]):
            text += self._one(self._rest.pop())
        return text

    def _words(self) -> str:
        """Reads a text, which has spaces and hyphens, and no signs."""
        if not self._taken("{"):
            return self._argument()
        words = ""
        while self._rest and not self._taken("}"):
            words += self._rest.pop()
        return words

    def _fraction(self) -> str:
        above, below = self._argument(), self._argument()
        if below.startswith("∂"):
            return f"{above.replace('² ', '²')}/{below.replace(' ', '')} "
        return f"{_bracketed(above)}/{_bracketed(below, alone=True)} "

    def _stacked(self) -> str:
        above = self._argument()
        return f" {self._argument()} ({above}) "

    def _table(self) -> str:
        """Reads a matrix, row by row, or cases."""
        matrix = self._argument() == "bmatrix"
        text = ""
        while self._rest and self._rest[-1] != "\\end":
            part = self._rest.pop()
            text += self._one(part) if part != "&" else "," * matrix
        self._rest[-1:] = []
        self._argument()
        return f"[{text.strip()}]" if matrix else f"{{{text.strip()}}}"


def _script(text: str, sign: str) -> str:
    """Returns `text` above or below the line, where all of it has such a form; else behind `sign`."""
    forms = RAISED if sign == "^" else LOWERED
    bare = text.replace(" ", "")
    if SMALL.fullmatch(bare) and all(c in forms for c in bare):
        return "".join(forms[c] for c in bare)
    return f"{sign}{text}" if len(bare) == 1 or bare[:1] + bare[-1:] == "()" else f"{sign}({text})"


def _bracketed(text: str, *, alone: bool = False) -> str:
    """Returns `text` in brackets where a fraction would part it; `alone`, where it is more than one factor."""
    inner = re.sub(r"\([^()]*\)", "", text)
    factors = re.findall(r"\w[\u0302\u0303′]*[¹²³⁰-⁹ⁱⁿ₀-₉ₐ-ₜᵢ-ᵪᴬ-ᵥˡ*]*", inner)
    split = JOINED.search(inner) or (alone and len(factors) > 1 and not inner.isdigit())
    return f"({text})" if split else text
