"""Operational capital: runs the platform. The only package that sees all the others."""

import conventions  # noqa: F401 - before anything that its first lines are about
