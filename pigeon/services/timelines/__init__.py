"""The home timeline: `timelines` reads it; posts come to it by `fanouts` (push) and `pulls` (merge).

`sidebar` is what stands beside it.
"""
