"""The laws, a module a topic."""
