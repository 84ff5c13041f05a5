"""What an implementation offers, a protocol a question; `CALLS` lists every call in the order of the questions."""

from spec.contract import calls_of
from spec.contracts.batch_norm import BatchNorm
from spec.contracts.gaussian_dropout import GaussianDropout
from spec.contracts.logistic import Logistic
from spec.contracts.network import Network
from spec.contracts.newton import Newton
from spec.contracts.softmax_cross_entropy import Softmax, SoftmaxCrossEntropy
from spec.contracts.trivariate import Trivariate

CALLS = {
    call.name: call
    for protocol, question in [
        (Logistic, "Q1"),
        (BatchNorm, "Q2"),
        (Network, "Q3"),
        (Softmax, "Q3"),
        (Trivariate, "Q4"),
        (GaussianDropout, "Q5"),
        (Newton, "Q6"),
        (SoftmaxCrossEntropy, "Q7"),
    ]
    for call in calls_of(protocol, question)
}
"""Every call of the contract by its name."""

DERIVATIVES = {name: call.derivative for name, call in CALLS.items() if call.derivative}
"""Whose derivative each call is that is one."""
