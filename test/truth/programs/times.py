import calendar
import datetime
import os
import time
import zoneinfo

print(time.tzname, time.timezone, time.strftime("%Y-%m-%d %H:%M:%S %Z", time.gmtime(1_700_000_000)))
moment = datetime.datetime(2024, 3, 31, 1, 30, tzinfo=datetime.timezone.utc)
for name in ("Europe/Berlin", "America/New_York", "Asia/Kolkata", "Australia/Lord_Howe", "UTC"):
    local = moment.astimezone(zoneinfo.ZoneInfo(name))
    print(name, local.isoformat(), local.dst(), local.tzname())
print(len(zoneinfo.available_timezones()) > 400)
try:
    zoneinfo.ZoneInfo("Nowhere/Atlantis")
except zoneinfo.ZoneInfoNotFoundError as error:
    print(error)
os.environ["TZ"] = "America/New_York"
time.tzset()
print(time.tzname, time.localtime(1_700_000_000).tm_hour, datetime.datetime.fromtimestamp(0).isoformat())
print(calendar.month(2024, 2), datetime.date(2024, 2, 29).isocalendar(), datetime.timedelta(days=1.5))
print(datetime.datetime.strptime("5 Nov 2023", "%d %b %Y"), time.monotonic() < time.monotonic() + 1)
before = time.perf_counter()
time.sleep(0.05)
print(
    time.perf_counter() - before >= 0.05, time.process_time() < 30, abs(time.time() - os.stat(__file__).st_mtime) < 600
)
