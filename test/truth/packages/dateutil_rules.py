# truth: {"packages": ["python-dateutil"]}
from datetime import datetime

from dateutil import parser, relativedelta, rrule, tz

print(parser.parse("5th Nov 2023 7pm"), datetime(2024, 1, 31) + relativedelta.relativedelta(months=1))
print(
    [day.day for day in rrule.rrule(rrule.MONTHLY, count=3, dtstart=datetime(2024, 1, 31))], tz.gettz("Europe/Berlin")
)
