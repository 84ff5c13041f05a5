"""Each law, for every input that Hypothesis can think of."""
