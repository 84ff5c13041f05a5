"""Question 2/3 (network): being written by the second session at work on the judges; please take newton."""
