"""Files of a flow that are named like a module which is loaded already."""

import os
import sys


def importable_names(folder):
    """
    {name: file} of what `import name` could find in a folder. A folder without `__init__.py` never wins over a module.
    """
    names = {}
    try:
        entries = sorted(os.listdir(folder))
    except OSError:
        return names
    for entry in entries:
        name, suffix = os.path.splitext(entry)
        if suffix == ".py" or suffix in (".so", ".pyd"):
            names.setdefault(name.split(".")[0], entry)
        elif os.path.isfile(os.path.join(folder, entry, "__init__.py")):
            names[entry] = entry + "/"
    return names


def shadowed(root, path, baseline):
    """
    A warning for each file that `import` never finds, for Python or Prefect loads a module of its name before any flow.
    Modules that are loaded here and not where the flow runs give way to the flow's.
    """
    folder = os.path.dirname(os.path.join(root, path))
    own_file = os.path.basename(path)
    warnings = []
    for where in (folder, root) if folder != root else (root,):
        for name, entry in importable_names(where).items():
            if name not in sys.modules or entry == own_file:
                continue
            if name in baseline:
                file = os.path.relpath(os.path.join(where, entry), root).replace(os.sep, "/")
                warnings.append(
                    "%s has the name of a module that Python or Prefect loads before any flow: `import %s` never "
                    "loads this file. Rename it." % (file, name)
                )
            else:
                _unload(baseline)
    return warnings


def _unload(baseline):
    """All, for they hold on to each other."""
    for name in set(sys.modules) - baseline:
        if name.partition(".")[0] != "nx_prefect":
            del sys.modules[name]
