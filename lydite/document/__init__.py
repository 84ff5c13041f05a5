"""Renders the document on trial: its claims, verdicts, plots and experiments."""
