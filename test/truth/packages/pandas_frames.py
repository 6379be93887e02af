# truth: {"packages": ["pandas"]}
import io

import pandas as pd

frame = pd.read_csv(io.StringIO("day,shop,sold\n2024-01-01,a,3\n2024-01-02,b,5\n2024-01-03,a,\n"), parse_dates=["day"])
print(frame.dtypes, frame.groupby("shop").sold.sum(), frame.describe(include="all").to_string())
print(frame.set_index("day").resample("2D").sold.mean(), frame.isna().sum().to_dict())
frame.to_json("f.json", orient="records", date_format="iso")
print(open("f.json").read(), pd.Timestamp("2024-03-31 02:30", tz="America/New_York").isoformat())
print(frame.merge(pd.DataFrame({"shop": ["a", "b"], "city": ["x", "y"]})).pivot_table(index="city", values="sold"))
