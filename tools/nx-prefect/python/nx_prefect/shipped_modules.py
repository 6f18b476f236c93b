"""Which modules come from a shipped copy."""

import os


def lies_in(module, root):
    """Whether a module's file, or any portion of a package without `__init__.py`, lies in `root`."""
    file = getattr(module, "__file__", None)
    if isinstance(file, str):
        return _inside(file, root)
    try:
        return any(_inside(path, root) for path in getattr(module, "__path__", None) or ())
    except Exception:  # noqa: B902 - a namespace computes its path anew, from parents that may be gone
        return True


def _inside(path, root):
    return isinstance(path, str) and (path == root or path.startswith(root + os.sep))
