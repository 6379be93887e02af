try:
    bytearray(1 << 60)
except MemoryError as error:
    print("MemoryError", error)
try:
    [0] * (1 << 62)
except MemoryError:
    print("MemoryError again")
print("x" * 10, len(bytes(64 * 1024 * 1024)))
