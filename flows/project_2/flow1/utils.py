from __future__ import annotations

from typing import NamedTuple, Sequence


class Customer(NamedTuple):
    customer_id: str
    name: str
    email: str
    phone: str


def normalize(value: str) -> str:
    """What stays of a value when case, spaces, and the signs between the digits of a phone number do not matter."""
    kept = "".join(value.lower().split())
    return kept if "@" in kept else kept.replace("-", "").replace("/", "").replace("(", "").replace(")", "")


def match_key(customer: Customer, match_on: Sequence[str]) -> tuple[str, ...] | None:
    """The normalized values of these columns, or None when one of them is empty.

    Raises ValueError for an unknown column.
    """
    unknown = [column for column in match_on if column not in Customer._fields]
    if unknown or not match_on:
        raise ValueError(f"Can't match on {unknown}: choose from {', '.join(Customer._fields)}.")
    values = tuple(normalize(getattr(customer, column)) for column in match_on)
    return values if all(values) else None


def merge(records: Sequence[Customer]) -> Customer:
    """The first record, its empty columns filled from the later ones."""
    columns = zip(*records)
    return Customer(*(next((value for value in column if value), "") for column in columns))
