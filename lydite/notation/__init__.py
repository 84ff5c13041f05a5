"""Writes inputs, numbers, points and foreign text: for JSON, for people, for other tools."""
