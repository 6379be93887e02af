# truth: {"packages": ["algorithms"]}
import importlib
import pkgutil

import algorithms

count = 0
for module in pkgutil.walk_packages(algorithms.__path__, "algorithms."):
    try:
        importlib.import_module(module.name)
        count += 1
    except Exception as error:
        print(module.name, type(error).__name__)
print(count > 100)
for name in ("bubble_sort", "insertion_sort", "merge_sort", "quick_sort"):
    module = importlib.import_module(f"algorithms.sorting.{name}")
    print(name, getattr(module, name)([5, 2, 9, 1, 5, 6]))
