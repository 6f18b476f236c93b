"""
The judge of the resolver: loads flows as Prefect does where they run, and says which files of the tree Python read for
that. A line of JSON in ({"root", "flow"}: a shipped tree, and the path of a flow.py in it; "installed": folders in it
that an editable installation put on sys.path), a line of JSON out.
"""
import importlib
import json
import os
import sys

import prefect  # noqa: F401 - a flow finds it loaded
from prefect.utilities.importtools import load_script_as_module

opened = None


def note(event, arguments):
    if opened is not None and event == "open" and isinstance(arguments[0], str) and arguments[0].endswith(".py"):
        opened.append(arguments[0])


def load(root, flow, installed=()):
    global opened
    path = list(sys.path)
    sys.path += [os.path.join(root, folder) for folder in installed]
    os.chdir(root)
    importlib.invalidate_caches()
    opened, error = [], None
    try:
        load_script_as_module(flow)
    except BaseException as raised:  # noqa: B902 - whatever a flow raises
        error = repr(getattr(raised, "user_exc", raised))
    found, opened = opened, None
    namespaces = [os.path.relpath(path, root) for path in _namespaces() if path.startswith(root + os.sep)]
    sys.path[:] = path
    for name in [name for name in sys.modules if baseline and name not in baseline]:
        del sys.modules[name]
    for folder in [folder for folder in sys.path_importer_cache if folder.startswith(root)]:
        del sys.path_importer_cache[folder]
    below = [os.path.relpath(file, root) for file in map(os.path.abspath, found) if file.startswith(root + os.sep)]
    return {"files": sorted(set(below)), "namespaces": sorted(set(namespaces)), "error": error}


def _namespaces():
    """Folders that are packages without an `__init__.py`: Python needs them, and reads no file of them."""
    for module in list(sys.modules.values()):
        if getattr(module, "__file__", None) is None:
            try:
                yield from list(map(str, getattr(module, "__path__", None) or ()))
            except KeyError:
                continue  # a namespace whose parent failed to load and is gone: Python itself can't say where it lies


sys.dont_write_bytecode = True
sys.addaudithook(note)
baseline = frozenset()
load(os.getcwd(), "none.py")  # what Prefect itself loads late stays
baseline = frozenset(sys.modules)
for line in sys.stdin:
    print(json.dumps(load(**json.loads(line))), flush=True)
