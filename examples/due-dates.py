"""When an invoice is due: so many working days after its date, and the hour of that deadline in another time zone."""

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo


def add_working_days(day, number, holidays):
    while number > 0:
        day += timedelta(days=1)
        if day.weekday() < 5 and day not in holidays:
            number -= 1
    return day


def main(invoice_date, working_days, holidays=()):
    start = date.fromisoformat(invoice_date)
    due = add_working_days(start, working_days, {date.fromisoformat(day) for day in holidays})
    deadline = datetime.combine(due, time(17, 0), ZoneInfo("Europe/Berlin"))
    return {
        "due": due.isoformat(),
        "weekday": due.strftime("%A"),
        "calendar_days": (due - start).days,
        "deadline_in_tokyo": deadline.astimezone(ZoneInfo("Asia/Tokyo")).isoformat(),
    }
