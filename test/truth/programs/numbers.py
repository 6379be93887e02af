import cmath
import decimal
import fractions
import math
import statistics
import sys

print(0.1 + 0.2, math.fsum([0.1] * 10), 2**200, -7 // 2, -7 % 3, divmod(7, -2), round(2.5), 1e308 * 10)
decimal.getcontext().prec = 50
print(decimal.Decimal(1) / 7, decimal.Decimal("0.1") + decimal.Decimal("0.2"), decimal.Decimal(2).sqrt())
try:
    decimal.Decimal(1) / 0
except decimal.DivisionByZero as error:
    print(error)
print(fractions.Fraction("3.14159").limit_denominator(100), math.gcd(84, 36), math.comb(50, 25), math.isqrt(10**40))
print(cmath.exp(1j * math.pi), statistics.stdev([1, 2, 4, 8]), math.sin(1e22), math.gamma(5.5), math.erf(0.3))
print(sys.float_info, sys.int_info, sys.get_int_max_str_digits(), sys.maxsize)
try:
    int("1" * 5000)
except ValueError as error:
    print(error)
print(float("nan") == float("nan"), (0.1).hex(), (255).to_bytes(4, "big"), int.from_bytes(b"\x01\x02", "little"))
