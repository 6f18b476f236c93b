from __future__ import annotations

import csv
import sqlite3
from contextlib import closing
from datetime import date
from decimal import Decimal
from pathlib import Path

from prefect import task

from utils import Order, parse_order

HERE = Path(__file__).parent


@task(retries=2, retry_delay_seconds=1)
def extract_orders(source: str) -> list[Order]:
    """Read the orders of a CSV file that lies beside this one, or anywhere when the path is absolute."""
    with open(HERE / source, newline="", encoding="utf-8") as file:
        return [parse_order(row) for row in csv.DictReader(file)]


@task
def total_by_store(orders: list[Order], day: date) -> dict[str, Decimal]:
    """Sum the amounts of one day for each store, in the order of the stores' names."""
    totals: dict[str, Decimal] = {}
    for order in orders:
        if order.ordered_on == day:
            totals[order.store] = totals.get(order.store, Decimal(0)) + order.amount
    return dict(sorted(totals.items()))


@task
def load_totals(totals: dict[str, Decimal], day: date, database: str) -> int:
    """Replace that day's rows, so that a second run of the same day loads nothing twice.

    Returns the rows of the day.
    """
    rows = [(day.isoformat(), store, str(total)) for store, total in totals.items()]
    with closing(sqlite3.connect(database)) as connection, connection:
        connection.execute(
            "CREATE TABLE IF NOT EXISTS daily_sales (day TEXT, store TEXT, total TEXT, PRIMARY KEY (day, store))"
        )
        connection.execute("DELETE FROM daily_sales WHERE day = ?", (day.isoformat(),))
        connection.executemany("INSERT INTO daily_sales VALUES (?, ?, ?)", rows)
    return len(rows)
