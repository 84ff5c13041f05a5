"""Question 2/3 (batch_norm): being written by the second session at work on the judges; please take newton."""
