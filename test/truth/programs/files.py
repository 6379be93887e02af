import os
import shutil
import stat
from pathlib import Path

here = Path.cwd()
folder = here / "a" / "b"
folder.mkdir(parents=True)
(folder / "text.txt").write_text("one\ntwo\nthree\n", encoding="utf-8")
(folder / "bytes.bin").write_bytes(bytes(range(256)) * 100)
print(sorted(str(path.relative_to(here)) for path in here.rglob("*") if path.name != "script.py"))
print((folder / "bytes.bin").stat().st_size, stat.filemode((folder / "text.txt").stat().st_mode))
os.chmod(folder / "text.txt", 0o640)
print(stat.filemode(os.stat(folder / "text.txt").st_mode), oct(os.umask(0o077)))
with open(folder / "text.txt", "r+", encoding="utf-8") as file:
    print(file.readline().strip(), file.tell(), file.seek(0, os.SEEK_END), file.truncate(5), file.seekable())
os.symlink("text.txt", folder / "link")
os.link(folder / "text.txt", folder / "hard")
print(os.readlink(folder / "link"), os.stat(folder / "hard").st_nlink, (folder / "link").is_symlink())
shutil.copytree(folder, here / "copy", symlinks=True)
print(sorted(os.listdir("copy")), (here / "copy" / "link").is_symlink())
os.replace("copy/hard", "copy/moved")
os.utime("copy/moved", (1, 2))
print(os.stat("copy/moved").st_mtime, Path("copy/moved").read_text(encoding="utf-8"))
shutil.rmtree("copy")
print(os.path.exists("copy"), os.access(".", os.W_OK), os.path.isabs(__file__), os.path.basename(__file__))
for attempt in (
    lambda: open("nowhere/file"),
    lambda: os.mkdir("a"),
    lambda: os.rmdir("a"),
    lambda: open("a", "w"),
    lambda: os.listdir("a/b/text.txt"),
):
    try:
        attempt()
    except OSError as error:
        print(type(error).__name__, error.errno, error.strerror)
