from __future__ import annotations

from datetime import date

from prefect import flow

from notify import Level, Message, digest, notify
from tasks import find_late, read_shipments, word_report
from utils import LateShipment


@flow(log_prints=True)
def late_orders(
    as_of: date = date(2024, 3, 8), grace_days: int = 1, carriers: list[str] | None = None
) -> list[LateShipment]:
    """Report the orders that should have arrived by now.

    Args:
        as_of: The day for which to report.
        grace_days: Days that a shipment may be overdue before it counts as late.
        carriers: Report these carriers only. All of them when it is not given.

    Returns:
        The late shipments, the most overdue first.
    """
    shipments = read_shipments("shipments.json")
    late = find_late(shipments, as_of, grace_days, carriers)
    level = Level.WARNING if late else Level.INFO
    notify(Message(level, "late orders", digest(word_report(late)) or "none"))
    return late
