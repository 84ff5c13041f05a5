"""Ways to go wrong that are known of the calls, a module a topic: what a report says that a wrong answer looks like."""
