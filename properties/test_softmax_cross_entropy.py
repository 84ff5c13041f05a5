"""Q7. Softmax cross-entropy, and the softmax of Q3."""

from properties.forall import forall
from properties.strategies.softmax_cross_entropy import labelled_logits
from spec.laws import softmax_cross_entropy as laws

softmax_is_exact = forall(labelled_logits, laws.softmax_is_exact)
