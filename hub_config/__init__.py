"""Operational capital: runs the platform. The only package that sees all the others."""
