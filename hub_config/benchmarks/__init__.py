"""Measures the platform against the stock part that it replaces, in the same run on the same machine."""
