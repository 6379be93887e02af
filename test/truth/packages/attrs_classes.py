# truth: {"packages": ["attrs"]}
import attrs


@attrs.define
class Point:
    x: int = attrs.field(validator=attrs.validators.instance_of(int))
    y: float = attrs.field(converter=float, default=0)


print(Point(1, "2.5"), attrs.asdict(Point(1)), Point(1) == Point(1), attrs.evolve(Point(1), x=9))
Point("x")
