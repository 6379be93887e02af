# truth: {"packages": ["pydantic"]}
from datetime import date

from pydantic import BaseModel, Field, ValidationError


class Order(BaseModel):
    number: int = Field(gt=0)
    day: date
    lines: list[dict[str, float]] = []


print(Order(number="5", day="2024-01-31").model_dump_json(), Order.model_json_schema()["required"])
try:
    Order(number=-1, day="never")
except ValidationError as error:
    print(error.error_count(), [one["type"] for one in error.errors()])
Order.model_validate_json("{}")
