import pytest

from tasks import group_duplicates, merge_groups, read_customers
from utils import Customer, match_key, merge, normalize

ADA = Customer("1", "Ada Lovelace", "ada@example.com", "")


def test_case_spaces_and_signs_do_not_matter():
    assert normalize(" Ada@Example.com ") == "ada@example.com"
    assert normalize("(030) 12-34/5") == "03012345"


def test_an_email_keeps_its_hyphen():
    assert normalize("a-b@example.com") == "a-b@example.com"


def test_an_empty_column_matches_nobody():
    assert match_key(ADA, ["email", "phone"]) is None


def test_an_unknown_column_is_named():
    with pytest.raises(ValueError, match="fax.*choose from customer_id, name, email, phone"):
        match_key(ADA, ["fax"])


def test_later_records_fill_gaps_and_change_nothing_else():
    later = Customer("2", "A. Lovelace", "ada@example.com", "030 1")

    assert merge([ADA, later]) == Customer("1", "Ada Lovelace", "ada@example.com", "030 1")


def test_records_without_an_email_stay_apart():
    records = [Customer("1", "A", "", ""), Customer("2", "B", "", "")]

    assert group_duplicates.fn(records, ["email"]) == [[records[0]], [records[1]]]


def test_the_file_beside_the_flow_has_duplicates():
    customers = read_customers.fn("customers.csv")
    merged = merge_groups.fn(group_duplicates.fn(customers, ["email"]))

    assert (len(customers), [customer.customer_id for customer in merged]) == (7, ["1", "2", "4", "5", "6"])
