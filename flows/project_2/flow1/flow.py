from __future__ import annotations

from prefect import flow

from tasks import group_duplicates, merge_groups, read_customers
from utils import Customer


@flow(log_prints=True)
def dedupe_customers(source: str = "customers.csv", match_on: list[str] = ["email"]) -> list[Customer]:
    """Merge the records of customers who are in the file more than once.

    Args:
        source: CSV file with the columns customer_id, name, email, phone, beside this file unless absolute.
        match_on: Columns whose normalized values must all be equal, and not empty, for two records to be one customer.

    Returns:
        One record a customer, in the order of their first record.
    """
    customers = read_customers(source)
    merged = merge_groups(group_duplicates(customers, match_on))
    print(f"{len(customers)} records, {len(merged)} customers")
    return merged
