# truth: {"files": ["left.gz", "left.zip", "left.txt"]}
import gzip
import zipfile

packed = gzip.GzipFile("left.gz", "wb", mtime=0)
packed.write(b"hello" * 10_000)
archive = zipfile.ZipFile("left.zip", "w")
archive.writestr(zipfile.ZipInfo("a.txt"), "text")
text = open("left.txt", "w")
text.write("buffered")
