# truth: {"files": ["plain.zip", "x.tar", "x.json.gz"]}
import bz2
import gzip
import io
import json
import lzma
import tarfile
import zipfile
import zlib

data = b"some data that repeats, " * 500
for module in (zlib, gzip, bz2, lzma):
    print(module.__name__, module.decompress(module.compress(data)) == data)
with zipfile.ZipFile("plain.zip", "w", zipfile.ZIP_DEFLATED) as archive:
    archive.writestr(zipfile.ZipInfo("a/b.txt"), "text")
    archive.writestr(zipfile.ZipInfo("c.bin"), data)
with zipfile.ZipFile("plain.zip") as archive:
    print(archive.namelist(), archive.testzip(), archive.read("a/b.txt"))
with tarfile.open("x.tar", "w") as archive:
    entry = tarfile.TarInfo("entry.bin")
    entry.size = len(data)
    archive.addfile(entry, io.BytesIO(data))
with tarfile.open("x.tar") as archive:
    print(archive.getnames(), archive.extractfile("entry.bin").read() == data)
with gzip.GzipFile("x.json.gz", "wb", mtime=0) as packed:
    packed.write(json.dumps(list(range(1000))).encode())
try:
    gzip.decompress(b"not gzip")
except gzip.BadGzipFile as error:
    print(error)
