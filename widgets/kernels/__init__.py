"""Kernels that are forked where a fork server can be asked, and started where none can."""
