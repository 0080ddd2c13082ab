"""Widgets for lessons and dashboards; with `conventions`, all that a kernel may import of the platform."""
