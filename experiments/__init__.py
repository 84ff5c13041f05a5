"""Small experiments on what is said of training with batch norm; `lydite/document/experiments.json` has the results."""
