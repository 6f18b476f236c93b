from datetime import date

from tasks import find_late, read_shipments, word_report
from utils import LateShipment, Shipment, days_overdue

TODAY = date(2024, 3, 8)


def shipment(order_id: str, promised_day: int, carrier: str = "DHL", delivered_on: date | None = None) -> Shipment:
    return Shipment(order_id, carrier, date(2024, 3, promised_day), delivered_on)


def test_what_has_arrived_is_not_overdue():
    assert days_overdue(shipment("1", 1, delivered_on=TODAY), TODAY) == 0


def test_what_arrives_later_is_still_overdue_today():
    assert days_overdue(shipment("1", 6, delivered_on=date(2024, 3, 9)), TODAY) == 2


def test_what_is_not_due_yet_is_not_overdue():
    assert days_overdue(shipment("1", 20), TODAY) == 0


def test_the_most_overdue_comes_first_and_grace_counts():
    shipments = [shipment("1", 6), shipment("2", 1), shipment("3", 7)]

    assert find_late.fn(shipments, TODAY, 1, None) == [LateShipment("2", "DHL", 7), LateShipment("1", "DHL", 2)]


def test_only_the_carriers_asked_for():
    shipments = [shipment("1", 1, "DHL"), shipment("2", 1, "UPS")]

    assert [late.order_id for late in find_late.fn(shipments, TODAY, 0, ["UPS"])] == ["2"]


def test_the_file_beside_the_flow_has_late_orders():
    late = find_late.fn(read_shipments.fn("shipments.json"), TODAY, 1, None)

    assert word_report.fn(late) == ["1002 (UPS) 4 days", "1007 (DHL) 3 days"]
