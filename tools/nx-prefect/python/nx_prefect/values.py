"""Values that a declaration can't hold: JSON would change them on the way."""

import dataclasses
import math

from nx_prefect.leaves import leaves
from nx_prefect.refusals import RefusedAtImport

# The last integer that every JSON reader keeps: most read numbers as doubles.
LARGEST = 2**53 - 1


def too_large(result):
    """(path, integer) of the first integer that a JSON reader may round; None when there is none."""
    for path, leaf in leaves(result):
        if isinstance(leaf, int) and abs(leaf) > LARGEST:
            return path, leaf
    return None


def not_finite(value, path, depth=0):
    """(path, number) of the first NaN or infinity in a Python value, before anything made null of it."""
    if isinstance(value, float):
        return None if math.isfinite(value) else (path, value)
    if depth == 20:
        return None
    if isinstance(value, dict):
        inner = [("%s.%s" % (path, key), item) for key, item in value.items()]
    elif isinstance(value, (list, tuple, set, frozenset)):
        inner = [("%s[%d]" % (path, index), item) for index, item in enumerate(value)]
    elif not isinstance(value, type) and (dataclasses.is_dataclass(value) or hasattr(type(value), "model_fields")):
        inner = [("%s.%s" % (path, name), item) for name, item in getattr(value, "__dict__", {}).items()]
    else:
        return None
    for where, item in inner:
        found = not_finite(item, where, depth + 1)
        if found:
            return found
    return None


def not_finite_refusal(found, line=None):
    what = "%s is %s: JSON has no such number, and Prefect would store null." % found
    return RefusedAtImport("not-finite", what, "Leave it out, use None, or pass it as text.", line)
