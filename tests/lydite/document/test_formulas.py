"""Formulas on one line of a terminal: Unicode for LaTeX, with brackets where a fraction would part what it is of."""

from __future__ import annotations

import pytest
from rich.cells import cell_len

from lydite.document import listing
from lydite.document.formulas import linear, readable
from lydite.kit.claim import CLAIMS
from lydite.report.lines import fitted
from tests.support.commandline import run

FORMULAS = [text for claim in CLAIMS.values() for text in (claim.formula, claim.corrected) if text]


@pytest.mark.parametrize(
    ("latex", "text"),
    [
        (r"\frac{\partial L}{\partial z_i} = \hat{y}_i - y_i", "∂L/∂zᵢ = ŷᵢ − yᵢ"),
        (r"\frac{\partial^2 E}{\partial w \partial w^\top}", "∂²E/∂w∂wᵀ"),
        (r"\frac{1}{n}\sum_{j=1}^{n}x_j", "1/n ∑ⱼ₌₁ⁿ xⱼ"),
        (r"\frac{a + b}{2c}", "(a + b)/(2c)"),
        (r"\frac{e^{z_i}}{\sum_{j=1}^K e^{z_j}}", "e^(zᵢ)/(∑ⱼ₌₁ᴷ e^(zⱼ))"),
        (r"x^*-x_{k-1}", "x* − xₖ₋₁"),
        (r"-a\le-b", "−a ≤ −b"),
        (r"\lim_{a\to 0}f''(a)", "lim_(a → 0) f″(a)"),
        (r"E_{w,b} \text{ is non-convex}", "E_(w,b) is non-convex"),
        (r"\begin{bmatrix} a & b \\ c & d \end{bmatrix}", "[a, b; c, d]"),
        (r"\begin{cases}1 & x>0\\ 0 & \text{otherwise}\end{cases}", "{1 x > 0; 0 otherwise}"),
        (r"\left\|\tilde{\mathbf{z}}\right\|_2", "‖z̃‖₂"),
        (r"W^{(1)}x", "W⁽¹⁾x"),
        (r"\Big( \sum_k y_k \Big) x", "(∑ₖ yₖ) x"),
        ("f(x", "f(x"),
    ],
)
def test_a_formula_reads_on_one_line(latex: str, text: str) -> None:
    assert linear(latex) == text


def test_every_formula_of_the_document_reads_on_one_line() -> None:
    assert len(FORMULAS) > 200
    for latex in FORMULAS:
        text = linear(latex)
        assert text.isprintable()
        assert not set(text) & set("\\&^$") - ({"&"} if r"\&" in latex else set()) - {"^"}, latex
        assert text.count("(") == text.count(")")
        assert "  " not in text


def test_what_is_not_known_stays_latex() -> None:
    with pytest.raises(ValueError, match="has oint, which has no form on one line"):
        linear(r"\oint f")
    assert readable(r"\oint f") == r"\oint f"
    with pytest.raises(ValueError, match="has no } where one is due"):
        linear(r"\frac{a}{b")


@pytest.mark.parametrize("width", [60, 80, 120])
def test_claims_are_listed_as_wide_as_the_terminal(width: int) -> None:
    claims = list(CLAIMS.values())
    texts = [fitted(listing.table(claims), width), *(fitted(listing.details(claim), width) for claim in claims[::8])]
    assert max(cell_len(line) for text in texts for line in text.splitlines()) <= width
    assert "\\" not in "".join(texts)


def test_claims_hang_below_their_titles(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "60")
    assert run("claims", "Q1.2", "Q7.a.4").output.splitlines()[:3] == [
        "Q1.2  the cost is the summed binary cross-entropy",
        "  document    Question 1",
        "  says        The cost sums over the samples. Without",
    ]
    first, second, *_ = run("claims").output.splitlines()
    assert (first, second) == (
        "Q1.1        HOLDS        the neuron's output is a sigmoid of",
        " " * 25 + "the margin  [logistic_predict]",
    )
