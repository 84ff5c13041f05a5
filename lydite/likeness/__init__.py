"""Recognizes wrong answers: a closed list of ways to go wrong, each tried on every answer that is wrong."""
