"""The demo community: people, captions and the photographs they took.

Pure functions of their seeds: no database, no Flask, the same bytes on every run.
"""
