from datetime import date
from decimal import Decimal

import pytest

from tasks import extract_orders, load_totals, total_by_store
from utils import Order, latest_day, parse_order

DAY = date(2024, 3, 2)


def order(store: str, amount: str, day: date = DAY) -> Order:
    return Order("1", day, store, Decimal(amount))


def test_a_store_is_one_store_however_it_is_written():
    row = {"order_id": "7", "ordered_on": "2024-03-02", "store": " berlin ", "amount": "3.10"}

    assert parse_order(row) == Order("7", DAY, "Berlin", Decimal("3.10"))


def test_only_the_given_day_counts():
    orders = [
        order("Berlin", "1.10"),
        order("Berlin", "2.20"),
        order("Berlin", "9", date(2024, 3, 1)),
        order("Aachen", "4"),
    ]

    assert total_by_store.fn(orders, DAY) == {"Aachen": Decimal("4"), "Berlin": Decimal("3.30")}


def test_the_file_beside_the_flow_is_read():
    orders = extract_orders.fn("orders.csv")

    assert len(orders) == 12
    assert latest_day(orders) == date(2024, 3, 3)


def test_a_source_without_orders_says_what_to_do():
    with pytest.raises(ValueError, match="give the flow a day"):
        latest_day([])


def test_loading_a_day_again_replaces_it(tmp_path):
    database = str(tmp_path / "sales.db")
    load_totals.fn({"Berlin": Decimal("1"), "Aachen": Decimal("2")}, DAY, database)

    assert load_totals.fn({"Berlin": Decimal("5")}, DAY, database) == 1
