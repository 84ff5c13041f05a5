"""States what the document on ridge regression claims, and what an implementation has to offer to be tested on it."""
