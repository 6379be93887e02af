# truth: {"packages": ["joblib"]}
from joblib import Memory, Parallel, delayed


def square(x):
    return x * x


if __name__ == "__main__":
    print(Parallel(n_jobs=2)(delayed(square)(n) for n in range(10)))
    print(Parallel(n_jobs=2, prefer="threads")(delayed(square)(n) for n in range(5)))
    cached = Memory("cache", verbose=0).cache(square)
    print(cached(4), cached(4))
