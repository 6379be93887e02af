# truth: {"packages": ["shapely"]}
from shapely import Point, Polygon, to_wkt

square = Polygon([(0, 0), (2, 0), (2, 2), (0, 2)])
print(
    square.area,
    square.buffer(1).area > 8,
    square.intersection(Point(1, 1).buffer(0.5)).area < 1,
    to_wkt(square.centroid),
)
