import codecs
import gettext
import locale
import sys
import unicodedata

print(sys.getdefaultencoding(), sys.getfilesystemencoding(), sys.stdout.encoding, sys.stdin.errors, sys.flags.utf8_mode)
print(locale.setlocale(locale.LC_ALL, ""), locale.getpreferredencoding(), locale.localeconv()["decimal_point"])
for name in ("C", "C.UTF-8", "POSIX"):
    print(name, locale.setlocale(locale.LC_ALL, name))
try:
    locale.setlocale(locale.LC_ALL, "xx_YY")
except locale.Error as error:
    print(error)
print("ä€𝄞ß".upper(), "naïve".encode("latin-1"), "€".encode("cp1252"), "日本".encode("shift_jis"), "a\u0301".isascii())
print(unicodedata.normalize("NFC", "a\u0301"), unicodedata.name("𝄞"), unicodedata.unidata_version)
for encoding in ("utf-16", "utf-32-le", "idna", "punycode", "rot13", "gb18030", "euc_kr", "cp437", "mac_roman"):
    print(encoding, codecs.encode("text", encoding), codecs.lookup(encoding).name)
try:
    b"\xff".decode()
except UnicodeDecodeError as error:
    print(error)
open("naïve-日本.txt", "w", encoding="utf-8").write("ok")
print(b"\xff".decode(errors="surrogateescape").encode(errors="surrogateescape"), gettext.gettext("text"))
import os  # noqa: E402

print(sorted(name for name in os.listdir() if name.endswith(".txt")), [1234567.891, f"{1234567.891:n}"])
