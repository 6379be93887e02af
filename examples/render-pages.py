"""Fills a template that comes with the request for each row of a table, and leaves one page for each to be returned."""

import csv
from pathlib import Path
from string import Template


def main():
    template = Template(Path("page.html").read_text())
    pages = Path("pages")
    pages.mkdir()
    with open("data/people.csv", newline="") as table:
        for row in csv.DictReader(table):
            (pages / f"{row['name'].lower()}.html").write_text(template.substitute(row))
    return sorted(page.name for page in pages.iterdir())
