"""Measures what docs/benchmarks.md publishes: `python -m bench`, `--quick`, `--only name`."""
