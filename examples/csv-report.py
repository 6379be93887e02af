"""Reads orders as CSV from standard input: revenue per region, and the best product of all."""

import csv
import sys
from collections import Counter


def main():
    revenue = Counter()
    sold = Counter()
    rejected = []
    for line, row in enumerate(csv.DictReader(sys.stdin), start=2):
        try:
            quantity, price = int(row["quantity"]), float(row["price"])
        except ValueError as error:
            rejected.append({"line": line, "reason": str(error)})
            continue
        revenue[row["region"]] += quantity * price
        sold[row["product"]] += quantity
    print(f"{sold.total()} items in {len(revenue)} regions")
    product, quantity = sold.most_common(1)[0]
    return {
        "revenue": {region: round(total, 2) for region, total in sorted(revenue.items())},
        "best": {"product": product, "quantity": quantity},
        "rejected": rejected,
    }
