# truth: {"packages": ["scipy"]}
import numpy as np
from scipy import integrate, interpolate, optimize, signal, sparse, stats

print(optimize.minimize(lambda x: (x[0] - 1) ** 2 + (x[1] + 2) ** 2, [0, 0]).x.round(4))
print(
    round(integrate.quad(np.sin, 0, np.pi)[0], 8), stats.norm.cdf(1.96).round(6), stats.ttest_ind([1, 2, 3], [2, 3, 9])
)
print(signal.butter(3, 0.2)[0].round(6), interpolate.CubicSpline([0, 1, 2], [0, 1, 4])(1.5).round(4))
print(sparse.linalg.spsolve(sparse.csc_matrix(np.diag([1.0, 2, 4])), np.ones(3)))
