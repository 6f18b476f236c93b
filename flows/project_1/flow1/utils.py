from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Mapping, NamedTuple, Sequence


class Order(NamedTuple):
    order_id: str
    ordered_on: date
    store: str
    amount: Decimal


def parse_order(row: Mapping[str, str]) -> Order:
    """Turn a row of the CSV file into an order.

    Stores are written in many ways: compare them trimmed, in title case.
    """
    return Order(
        order_id=row["order_id"],
        ordered_on=date.fromisoformat(row["ordered_on"]),
        store=row["store"].strip().title(),
        amount=Decimal(row["amount"]),
    )


def latest_day(orders: Sequence[Order]) -> date:
    """The last day on which something was ordered. Raises ValueError when there is no order at all."""
    if not orders:
        raise ValueError("The source holds no orders, so it has no latest day: give the flow a day.")
    return max(order.ordered_on for order in orders)
