"""States the report, a JSON document, and renders it for a terminal."""
