import os
import tempfile

with tempfile.TemporaryDirectory() as folder:
    print(os.path.isdir(folder), os.stat(folder).st_mode & 0o777 == 0o700)
    with tempfile.NamedTemporaryFile(dir=folder, suffix=".x") as file:
        file.write(b"data")
        file.flush()
        print(os.path.getsize(file.name), file.name.endswith(".x"))
print(os.path.exists(folder))
with tempfile.TemporaryFile() as anonymous:
    anonymous.write(b"abc")
    anonymous.seek(0)
    print(anonymous.read())
with tempfile.SpooledTemporaryFile(max_size=10) as spooled:
    spooled.write(b"x" * 100)
    print(spooled._rolled)
handle, path = tempfile.mkstemp()
os.close(handle)
print(os.path.dirname(path) == tempfile.gettempdir(), oct(os.stat(path).st_mode))
os.unlink(path)
