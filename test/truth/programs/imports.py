import importlib
import importlib.util
import os
import pkgutil
import py_compile
import runpy
import sys

os.makedirs("package/deeper")
for path, text in {
    "package/__init__.py": "value = 1\n",
    "package/deeper/__init__.py": "from .. import value\n",
    "package/deeper/leaf.py": "from . import value\nprint(__name__, value)\n",
    "alone.py": "if __name__ == '__main__': print('as main')\nnumber = 5\n",
    "wrong.py": "def f(:\n",
}.items():
    with open(path, "w") as file:
        file.write(text)
importlib.invalidate_caches()
import package.deeper.leaf  # noqa: E402

print(sorted(name for _, name, _ in pkgutil.walk_packages(["package"], "package.")), package.value)
print(runpy.run_path("alone.py", run_name="__main__")["number"], runpy.run_module("alone")["number"])
spec = importlib.util.spec_from_file_location("given", "alone.py")
module = importlib.util.module_from_spec(spec)
spec.loader.exec_module(module)
print(module.number, module.__name__)
for name in ("nowhere", "wrong", "package.missing"):
    try:
        importlib.import_module(name)
    except (ImportError, SyntaxError) as error:
        print(type(error).__name__, error.msg)
print(os.path.basename(py_compile.compile("alone.py")), os.path.exists("__pycache__"))
print(sys.dont_write_bytecode, sys.path[0] == os.getcwd(), sys.flags.safe_path, __name__, __package__, __spec__)
import script  # noqa: E402, F401
