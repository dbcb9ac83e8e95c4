"""Plants a fault in the processes of a site; nothing in the product knows of it.

Python imports this module at each start, because `tests/harness/planting.py` puts its folder first
in PYTHONPATH. PLANTED names what is changed, each module just after it was imported.
"""

import importlib.abc
import importlib.machinery
import os
import sys


class Planting(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Finds modules as everybody does, and changes them when they are made."""

    def __init__(self, changes):
        self._changes = changes
        self._loaders = {}

    def find_spec(self, name, path=None, target=None):
        spec = (
            importlib.machinery.PathFinder.find_spec(name, path) if name in self._changes else None
        )
        if spec is not None:
            self._loaders[name], spec.loader = spec.loader, self
        return spec

    def create_module(self, spec):
        return self._loaders[spec.name].create_module(spec)

    def exec_module(self, module):
        loader = self._loaders[module.__name__]
        module.__spec__.loader = module.__loader__ = loader
        loader.exec_module(module)
        for change in self._changes[module.__name__]:
            change(module)


def plant(names):
    import planted_faults

    changes = {}
    for name in names:
        for module, change in planted_faults.FAULTS[name].items():
            changes.setdefault(module, []).append(change)
    sys.meta_path.insert(0, Planting(changes))


if os.environ.get("PLANTED"):
    plant(os.environ["PLANTED"].split(","))
