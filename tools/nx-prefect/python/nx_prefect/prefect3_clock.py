"""The clock of the second load, where Prefect 3 doesn't read it by itself."""
import datetime
import functools
import sys
import zoneinfo

from nx_prefect import clock
from nx_prefect.prefect3_hooks import replace_everywhere


def install():
    """From Python 3.13 on Prefect asks an extension for the time, and that one asks the system."""
    module = sys.modules.get("prefect.types._datetime")
    original = getattr(module, "now", None)
    if not clock.is_installed() or sys.version_info < (3, 13) or original is None:
        return

    @functools.wraps(original)
    def now(tz="UTC"):
        name = getattr(tz, "name", None) or getattr(tz, "key", None) or tz
        return datetime.datetime.now(zoneinfo.ZoneInfo(str(name)))

    replace_everywhere(original, now)
