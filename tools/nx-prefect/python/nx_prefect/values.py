"""Values that a declaration can't hold: JSON would change them on the way, or the clock gave them."""
import dataclasses
import datetime
import math
import re

from nx_prefect.comparison import leaves
from nx_prefect.refusals import RefusedAtImport

# The last integer that every JSON reader keeps: most read numbers as doubles.
LARGEST = 2 ** 53 - 1
# Seconds. A start that lies this close to the load was computed by it.
CLOSE = 120

_START = re.compile(r"DTSTART(?:;TZID=([^:;\n]+))?[^:\n]*:(\d{8}T\d{6})", re.IGNORECASE)
_DEFAULT = re.compile(r"properties\.([^.]+)\.default\b")
_PARAMETER = re.compile(r"^deployments\[\d+\]\..*?\bparameters\.(.+)$")


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


def start_at_load(deployments):
    """The path of the first schedule's start that is the time of the load; None when there is none."""
    for at, deployment in enumerate(deployments):
        for number, schedule in enumerate(deployment["fields"].get("schedules") or ()):
            for name, value in schedule["schedule"].items():
                if _is_close(name, value, schedule["schedule"].get("timezone")):
                    return "deployments[%d].schedules[%d].schedule.%s" % (at, number, name)
    return None


def _is_close(name, value, zone):
    now = datetime.datetime.now(datetime.timezone.utc)
    if name == "anchor_date":
        try:
            anchor = datetime.datetime.fromisoformat(value.replace("Z", "+00:00"))
        except ValueError:
            return False
        return abs((anchor if anchor.tzinfo else anchor.replace(tzinfo=datetime.timezone.utc)) - now).total_seconds() < CLOSE
    if name == "rrule":
        for own_zone, digits in _START.findall(value):
            start = datetime.datetime.strptime(digits.upper(), "%Y%m%dT%H%M%S")
            # The digits are a clock on a wall: that of the schedule, or of this process, which lives in UTC.
            for clock in (now, _in_zone(now, own_zone or zone)):
                if abs((start - clock.replace(tzinfo=None)).total_seconds()) < CLOSE:
                    return True
    return False


def _in_zone(now, name):
    import zoneinfo  # Python 3.9

    try:
        return now.astimezone(zoneinfo.ZoneInfo(name)) if name else now
    except (ValueError, OSError, zoneinfo.ZoneInfoNotFoundError):
        return now


def todays(result):
    """A warning for each default and parameter that is today's date: two loads on one day can't tell."""
    today = datetime.datetime.now(datetime.timezone.utc).date().isoformat()
    warnings = []
    for path, leaf in leaves(result):
        if isinstance(leaf, str) and (leaf == today or leaf.startswith(today + "T")):
            default, parameter = _DEFAULT.search(path), _PARAMETER.search(path)
            if default:
                warnings.append("%s defaults to today's date, %s: is it computed at import?" % (default.group(1), leaf))
            elif parameter:
                name = result["deployments"][int(path[12:path.index("]")])]["attribute"]
                warnings.append("The parameter %s of %s is today's date, %s: is it computed at import?" % (parameter.group(1), name, leaf))
    return list(dict.fromkeys(warnings))
