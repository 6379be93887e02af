import warnings


def old():
    warnings.warn("old is old", DeprecationWarning, stacklevel=2)


old()
warnings.warn("plain")
with warnings.catch_warnings(record=True) as caught:
    warnings.simplefilter("always")
    old()
print([str(one.message) for one in caught], len(warnings.filters) > 0)
file = open("unclosed", "w")
del file
exec("1 is 1")
