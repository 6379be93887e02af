# truth: {"packages": ["pyarrow"]}
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

table = pa.table({"n": [1, 2, None], "t": ["a", "b", "c"]})
pq.write_table(table, "t.parquet")
print(pq.read_table("t.parquet").to_pydict(), pc.sum(table["n"]), table.schema)
