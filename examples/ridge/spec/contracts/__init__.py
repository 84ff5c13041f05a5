"""What an implementation offers."""
