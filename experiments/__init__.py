"""Small experiments on what is said of training with batch norm; `lydite/experiments.json` has what they found."""
