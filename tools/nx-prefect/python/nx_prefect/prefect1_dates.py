"""Dates that the clock gave: two loads in one second, or on one day, can't tell."""
import datetime

from nx_prefect.comparison import leaves
from nx_prefect.values import CLOSE


def start_at_load(flows):
    """The path of the first date of a schedule that is the time of the load; None when there is none."""
    now = datetime.datetime.now(datetime.timezone.utc).replace(tzinfo=None)
    for number, flow in enumerate(flows):
        for path, leaf in leaves(flow["serializedFlow"].get("schedule"), "flows[%d].serializedFlow.schedule" % number):
            if isinstance(leaf, str) and any(abs((date - now).total_seconds()) < CLOSE for date in _dates(leaf)):
                return path
    return None


def _dates(text):
    """As UTC, which is the zone of this process: with an offset, without one, and as iCalendar's digits."""
    for line in text.replace("DTSTART:", "").split("\n"):
        for form in ("%Y-%m-%dT%H:%M:%S", "%Y%m%dT%H%M%S"):
            try:
                yield datetime.datetime.strptime(line.split(".")[0].split("+")[0].rstrip("Z"), form)
            except ValueError:
                pass


def todays(flows):
    """A warning for each default of a parameter that is today's date."""
    today = datetime.datetime.now(datetime.timezone.utc).date().isoformat()
    warnings = []
    for flow in flows:
        for parameter in flow["serializedFlow"]["parameters"]:
            for _, leaf in leaves(parameter.get("default")):
                if isinstance(leaf, str) and (leaf == today or leaf.startswith(today + "T")):
                    warnings.append("The parameter %s of %s defaults to today's date, %s: is it computed at import?" % (parameter["name"], flow["flowName"], leaf))
    return warnings
