# truth: {"packages": ["zstandard", "lz4", "msgpack"]}
import lz4.frame
import msgpack
import zstandard

data = b"repeated " * 1000
print(zstandard.decompress(zstandard.compress(data)) == data, lz4.frame.decompress(lz4.frame.compress(data)) == data)
print(msgpack.unpackb(msgpack.packb({"a": [1, None, b"x"]})))
