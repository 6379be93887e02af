# truth: {"packages": ["sympy"]}
from sympy import Eq, Integral, Symbol, diff, exp, factor, limit, oo, pi, series, sin, solve, sqrt

x = Symbol("x")
print(factor(x**3 - 6 * x**2 + 11 * x - 6), solve(Eq(x**2, 2), x), diff(sin(x) * exp(x), x))
print(
    Integral(exp(-(x**2)), (x, -oo, oo)).doit(), limit(sin(x) / x, x, 0), series(exp(x), x, 0, 4), pi.evalf(40), sqrt(8)
)
