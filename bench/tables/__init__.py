"""The seven tables of docs/v1-v2.md: what each mechanism gains over the plain way."""

from bench.tables import password

TABLES = (password.TABLE,)
