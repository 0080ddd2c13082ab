"""How fast the parts are on this machine: run with `pytest -s tests/benchmarks`. Answers are checked, times printed."""
