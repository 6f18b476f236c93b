from __future__ import annotations

import csv
from pathlib import Path

from prefect import task

from utils import Customer, match_key, merge

HERE = Path(__file__).parent


@task(retries=2, retry_delay_seconds=1)
def read_customers(source: str) -> list[Customer]:
    """Read the customers of a CSV file that lies beside this one, or anywhere when the path is absolute."""
    with open(HERE / source, newline="", encoding="utf-8") as file:
        return [Customer(**row) for row in csv.DictReader(file)]


@task
def group_duplicates(customers: list[Customer], match_on: list[str]) -> list[list[Customer]]:
    """Put the records of one customer together. A record with nothing to match on stays alone."""
    groups: dict[tuple[str, ...], list[Customer]] = {}
    for customer in customers:
        key = match_key(customer, match_on) or ("", customer.customer_id)
        groups.setdefault(key, []).append(customer)
    return list(groups.values())


@task
def merge_groups(groups: list[list[Customer]]) -> list[Customer]:
    """One record for each group."""
    return [merge(group) for group in groups]
