"""Small experiments on what the document says of training with batch norm, and what they found, in `results.json`."""
