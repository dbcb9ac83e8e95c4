"""Measures everything: `python -m bench`, `--quick`, `--only name`; `bench.tables`, the seven."""
