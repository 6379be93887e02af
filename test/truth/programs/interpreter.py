import os
import platform
import site
import sys
import sysconfig

print(sys.version, sys.implementation.name, sys.platform, sys.byteorder, sys.flags)
print(sys.argv, sys.orig_argv[1:], sys.warnoptions, sys.dont_write_bytecode, sys.pycache_prefix)
print(platform.system(), platform.machine(), platform.python_implementation(), platform.libc_ver()[0])
print(sys.getswitchinterval(), sys.getrefcount(object()), sys.thread_info, sys.hash_info.algorithm)
print(sys.stdin.name, sys.stdout.mode, sys.gettrace(), sys.getprofile(), os.path.basename(sys.executable)[:6])
print(
    len(sys.builtin_module_names), sorted(name for name in dir() if not name.startswith("_")), __builtins__ is not None
)
print(site.ENABLE_USER_SITE, help, exit, os.path.basename(os.environ.get("HOME", "")) in os.getcwd(), __doc__)
print(
    sys._getframe().f_code.co_filename == __file__, sys._getframe().f_back, sys.modules["__main__"].__file__ == __file__
)
print(sysconfig.get_config_var("py_version_short"), sys.float_repr_style, sys.getallocatedblocks() > 0)
