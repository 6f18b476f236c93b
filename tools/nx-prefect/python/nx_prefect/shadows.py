"""Files of a flow that are named like a module which is loaded already."""
import os
import sys

from nx_prefect.isolation import lies_in


def importable_names(folder):
    """{name: file} of what `import name` could find in a folder. A folder without `__init__.py` never wins over a module."""
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


def look(root, path, baseline):
    """
    Returns (own_process, warnings). A name that only an earlier flow's load brought in says nothing about the place
    where this flow runs: there, its own file is found. A name that Python or Prefect has loaded before any flow is
    taken there too, so that is the user's to change.
    """
    folder = os.path.dirname(os.path.join(root, path))
    own_file = os.path.basename(path)
    own_process = False
    warnings = []
    for where in (folder, root) if folder != root else (root,):
        for name, entry in importable_names(where).items():
            module = sys.modules.get(name)
            if module is None or lies_in(module, root) or entry == own_file:
                continue
            if name in baseline.modules:
                file = os.path.relpath(os.path.join(where, entry), root).replace(os.sep, "/")
                warnings.append(
                    "%s has the name of a module that Python or Prefect loads before any flow: `import %s` never "
                    "loads this file. Rename it." % (file, name)
                )
            else:
                own_process = True
    return own_process, warnings
