# truth: {"packages": ["dask"]}
import dask

inc = dask.delayed(lambda x: x + 1)
add = dask.delayed(lambda x, y: x + y)

if __name__ == "__main__":
    total = add(inc(1), inc(2))
    for scheduler in ("synchronous", "threads", "processes"):
        print(scheduler, total.compute(scheduler=scheduler, num_workers=2))
