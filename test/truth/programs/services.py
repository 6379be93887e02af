import grp
import mimetypes
import os
import pwd
import socket

for name in ("http", "https", "ssh", "domain"):
    try:
        print(name, socket.getservbyname(name, "tcp"))
    except OSError as error:
        print(name, error)
print([mimetypes.guess_type(f"a.{ending}")[0] for ending in ("html", "png", "json", "tar.gz", "xlsx", "webp", "py")])
print(pwd.getpwnam("root").pw_uid, pwd.getpwuid(0).pw_name, grp.getgrgid(0).gr_name)
print(pwd.getpwuid(os.getuid()).pw_uid == os.getuid(), grp.getgrgid(os.getgid()).gr_gid == os.getgid())
print(socket.getprotobyname("tcp"), socket.if_nameindex()[0])
