import ctypes
import ctypes.util
import struct

libc = ctypes.CDLL(None, use_errno=True)
print(libc.abs(-5), libc.strlen(b"four"), ctypes.c_uint8(300).value, ctypes.sizeof(ctypes.c_long))
print(libc.open(b"/nowhere", 0), ctypes.get_errno())


class Point(ctypes.Structure):
    _fields_ = [("x", ctypes.c_int), ("y", ctypes.c_double)]


print(ctypes.sizeof(Point), Point(1, 2.5).y, bytes(ctypes.create_string_buffer(b"abc", 5)))
compare = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.POINTER(ctypes.c_int), ctypes.POINTER(ctypes.c_int))
values = (ctypes.c_int * 5)(5, 3, 1, 4, 2)
libc.qsort(values, 5, ctypes.sizeof(ctypes.c_int), compare(lambda a, b: a[0] - b[0]))
print(list(values), ctypes.CDLL("libm.so.6").cos is not None)
libm = ctypes.CDLL("libm.so.6")
libm.cos.restype, libm.cos.argtypes = ctypes.c_double, [ctypes.c_double]
print(libm.cos(0.5), struct.pack("<hIq", -1, 2, 3).hex(), struct.calcsize("@bhil"))
try:
    ctypes.CDLL("libnowhere.so")
except OSError as error:
    print(error)
