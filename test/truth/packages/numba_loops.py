# truth: {"packages": ["numba"]}
import numba
import numpy as np


@numba.njit(cache=True)
def total(values):
    result = 0.0
    for value in values:
        result += value * value
    return result


print(total(np.arange(1000.0)), total.signatures)
