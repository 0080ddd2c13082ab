"""Information capital: the catalogue, translation, release, exchange and grading of courses."""
