"""Turns a report into what others read: pages, gradebooks, and the files of other tools."""
