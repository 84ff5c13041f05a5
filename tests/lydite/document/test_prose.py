"""Prose as HTML: indices, powers and code are set as such, and nothing of a text becomes markup."""

from __future__ import annotations

import re
from html import unescape

import pytest

from lydite.document.prose import prose
from lydite.kit.claim import CLAIMS, READING, RULE
from lydite.kit.laws import LAWS


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("x_i", "x<sub>i</sub>"),
        ("sum_ijk c", "sum<sub>ijk</sub> c"),
        ("dL/dW1_il", "dL/dW1<sub>il</sub>"),
        ("x_{k+1}", "x<sub>k+1</sub>"),
        ("x_hat_i^2", "x<sub>hat</sub><sub>i</sub><sup>2</sup>"),
        ("ln(1 + e^-t)", "ln(1 + e<sup>-t</sup>)"),
        ("softmax(z)_i", "softmax(z)<sub>i</sub>"),
        ("C·e_k²", "C·e<sub>k</sub>²"),
        ("p_k^y_k", "p<sub>k</sub><sup>y<sub>k</sub></sup>"),
        ("e^zⱼ", "e<sup>zⱼ</sup>"),
        ("delta_k", "delta<sub>k</sub>"),
        ("leaky_relu(z) of z_i", "<code>leaky_relu</code>(z) of z<sub>i</sub>"),
        ("`x_i` and x_i", "<code>x_i</code> and x<sub>i</sub>"),
        ("a < b & c", "a &lt; b &amp; c"),
        ("<b>_i", "&lt;b&gt;_i"),
    ],
)
def test_prose_is_set(text: str, html: str) -> None:
    assert prose(text) == html


def test_nothing_of_the_document_keeps_its_markup() -> None:
    """Neither backticks nor typed indices and powers are left, and every letter is."""
    texts = [law.says for law in LAWS.values()] + list(READING) + list(RULE.values())
    for claim in CLAIMS.values():
        texts += [claim.statement, claim.addition, claim.witness, claim.correction, *claim.hypotheses]
    for text in texts:
        html = prose(text)
        plain = unescape(re.sub(r"<[^>]+>", "", re.sub(r"<code>.*?</code>", "", html)))
        assert not re.search(r"`|\w_\w|\w\^\w", plain), text
        letters = unescape(re.sub(r"</?(?:code|sub|sup)>", "", html))
        assert re.sub(r"[`_^{}]", "", letters) == re.sub(r"[`_^{}]", "", text)
