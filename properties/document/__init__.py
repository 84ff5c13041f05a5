"""The document on trial: each claim judged as mathematics, without an implementation.

A topic module states the judges of its claims; `test_document.py` holds every judge against what is true, and against
what is printed or deliberately wrong.
"""
