"""The home timeline: `timelines` reads it.

Posts come to it by `fanouts` (pushed) and `pulls` (merged when it is read).
`sidebar` is what stands beside it, `checklist` the first steps of somebody new above it.
"""
