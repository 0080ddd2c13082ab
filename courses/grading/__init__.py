"""Grading: what is handed in is run in isolation, compared with its source, and what is left waits for a person."""
