"""Widgets for lessons and dashboards; with `conventions`, all that a kernel may import of the platform."""

import conventions  # noqa: F401 - before anything that its first lines are about
