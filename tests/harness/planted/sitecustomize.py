"""Plants a fault in the processes of a site; nothing in the product knows of it.

Python imports this module at each start, because `tests/harness/planting.py` puts its folder first
in PYTHONPATH. PLANTED names the fault, and once a module that it changes was imported, it is.
"""

import importlib.abc
import importlib.machinery
import os
import sys


class Planting(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Finds the modules of one fault as everybody does, and changes them when they are made."""

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
        self._changes[module.__name__](module)


def plant(name):
    import planted_faults

    sys.meta_path.insert(0, Planting(planted_faults.FAULTS[name]))


if os.environ.get("PLANTED"):
    plant(os.environ["PLANTED"])
