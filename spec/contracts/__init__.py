"""What an implementation offers, a protocol a question."""
