"""What an implementation offers, a protocol a question; `CALLS` lists every call in the order of the questions."""

from spec.contract import calls_of
from spec.contracts.softmax_cross_entropy import Softmax, SoftmaxCrossEntropy

CALLS = {
    call.name: call
    for protocol, question in [
        (Softmax, "Q3"),
        (SoftmaxCrossEntropy, "Q7"),
    ]
    for call in calls_of(protocol, question)
}
"""Every call of the contract by its name."""
