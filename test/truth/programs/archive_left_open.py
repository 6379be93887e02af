# truth: {"files": ["left.gz", "left.zip", "left.txt", "child.gz", "failed.txt"]}
import gzip
import os
import sys
import zipfile

if os.fork() == 0:
    packed = gzip.GzipFile("child.gz", "wb", mtime=0)
    packed.write(b"of a child" * 1000)
    sys.exit()
print(os.waitstatus_to_exitcode(os.wait()[1]), flush=True)
if os.fork() == 0:
    text = open("failed.txt", "w")
    text.write("of a child that fails")
    raise ValueError("in a child")
print(os.waitstatus_to_exitcode(os.wait()[1]), flush=True)
packed = gzip.GzipFile("left.gz", "wb", mtime=0)
packed.write(b"hello" * 10_000)
archive = zipfile.ZipFile("left.zip", "w")
archive.writestr(zipfile.ZipInfo("a.txt"), "text")
text = open("left.txt", "w")
text.write("buffered")
