# truth: {"packages": ["polars"]}
import polars as pl

frame = pl.DataFrame({"shop": ["a", "b", "a"], "sold": [1, 2, 3]})
print(
    frame.group_by("shop", maintain_order=True).agg(pl.col("sold").sum()),
    frame.lazy().filter(pl.col("sold") > 1).collect(),
)
frame.write_parquet("f.parquet")
print(pl.read_parquet("f.parquet").shape)
