"""Measurements of speed, as ratios between two things measured in one run; `python -m benchmarks` prints them."""
