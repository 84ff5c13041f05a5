"""Error bounds: what a stable evaluation may lose to rounding, a module a topic.

Every bound is `c * u * S`: `u` the unit roundoff, `S` the magnitudes that the rounded operations act on, `c` counted
from those operations. No constant is fitted to what an implementation happens to do.
"""
