from __future__ import annotations

import json
from datetime import date
from pathlib import Path

from prefect import task

from utils import LateShipment, Shipment, days_overdue

HERE = Path(__file__).parent


@task(retries=2, retry_delay_seconds=1)
def read_shipments(source: str) -> list[Shipment]:
    """Read the shipments of a JSON file beside this one."""
    rows = json.loads((HERE / source).read_text(encoding="utf-8"))
    return [Shipment.from_json(row) for row in rows]


@task
def find_late(
    shipments: list[Shipment], as_of: date, grace_days: int, carriers: list[str] | None
) -> list[LateShipment]:
    """The shipments overdue by more than the days of grace, the most overdue first."""
    overdue = [
        LateShipment(shipment.order_id, shipment.carrier, days_overdue(shipment, as_of))
        for shipment in shipments
        if carriers is None or shipment.carrier in carriers
    ]
    return sorted((late for late in overdue if late.days > grace_days), key=lambda late: (-late.days, late.order_id))


@task
def word_report(late: list[LateShipment]) -> list[str]:
    """One line for each late shipment."""
    return [f"{each.order_id} ({each.carrier}) {each.days} days" for each in late]
