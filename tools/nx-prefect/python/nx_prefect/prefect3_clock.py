"""The clock of the second load, where Prefect 3 doesn't read it by itself."""

import datetime
import functools
import sys
import zoneinfo

from nx_prefect import clock
from nx_prefect.prefect3_hooks import replace_everywhere


def install():
    if clock.is_installed():
        _keep_dates()
        _shift_extension()


def _keep_dates():
    """pydantic writes a default by the schema of its type, and knows no real date here."""
    generator = getattr(sys.modules.get("pydantic._internal._generate_schema"), "GenerateSchema", None)
    original = getattr(generator, "match_type", None)
    if original is None:
        return

    @functools.wraps(original)
    def match_type(self, thing, *more):
        for shifted in (datetime.datetime, datetime.date):
            if thing is shifted._real:
                thing = shifted
        return original(self, thing, *more)

    generator.match_type = match_type


def _shift_extension():
    """From Python 3.13 on Prefect asks an extension for the time, and that one asks the system."""
    module = sys.modules.get("prefect.types._datetime")
    original = getattr(module, "now", None)
    if sys.version_info < (3, 13) or original is None:
        return

    @functools.wraps(original)
    def now(tz="UTC"):
        name = getattr(tz, "name", None) or getattr(tz, "key", None) or tz
        return datetime.datetime.now(zoneinfo.ZoneInfo(str(name)))

    replace_everywhere(original, now)
