# truth: {"packages": ["orjson"]}
import datetime

import orjson

print(
    orjson.dumps({"a": datetime.date(2024, 1, 1), "b": [1.5, None]}, option=orjson.OPT_SORT_KEYS), orjson.loads(b"[1]")
)
orjson.loads("{")
