from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any, Mapping


@dataclass(frozen=True)
class Shipment:
    order_id: str
    carrier: str
    promised_on: date
    delivered_on: date | None

    @classmethod
    def from_json(cls, row: Mapping[str, Any]) -> Shipment:
        delivered = row.get("delivered_on")
        return cls(
            order_id=row["order_id"],
            carrier=row["carrier"],
            promised_on=date.fromisoformat(row["promised_on"]),
            delivered_on=date.fromisoformat(delivered) if delivered else None,
        )


@dataclass(frozen=True)
class LateShipment:
    order_id: str
    carrier: str
    days: int


def days_overdue(shipment: Shipment, as_of: date) -> int:
    """Days between the promise and `as_of`; 0 for what has arrived by then or is not due yet."""
    if shipment.delivered_on is not None and shipment.delivered_on <= as_of:
        return 0
    return max(0, (as_of - shipment.promised_on).days)
