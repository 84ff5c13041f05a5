"""Small experiments on what is said of training with batch norm; `spec/experiments.json` has the results."""
