"""Information capital: the catalogue, translation, release, exchange and grading of courses."""

import conventions  # noqa: F401 - before anything that its first lines are about
