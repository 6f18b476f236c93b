from __future__ import annotations

from datetime import date

from prefect import flow

from notify import Level, Message, notify
from tasks import extract_orders, load_totals, total_by_store
from utils import latest_day


@flow(log_prints=True)
def load_sales(day: date | None = None, source: str = "orders.csv", database: str = ":memory:") -> int:
    """Load one day's sales, by store, into the `daily_sales` table.

    Args:
        day: The day to load. The latest day of the source when it is not given.
        source: CSV file with the columns order_id, ordered_on, store, amount, beside this file unless absolute.
        database: SQLite file to load into. The default keeps nothing.

    Returns:
        The number of stores that sold something on that day.
    """
    orders = extract_orders(source)
    chosen = day or latest_day(orders)
    totals = total_by_store(orders, chosen)
    loaded = load_totals(totals, chosen, database)
    level = Level.INFO if loaded else Level.WARNING
    notify(Message(level, "daily sales", f"{loaded} stores, {sum(totals.values())} in all on {chosen}"))
    return loaded


daily = load_sales.to_deployment("daily", cron="0 6 * * *", tags=["sales"])
