import errno
import fcntl
import os

with open("lock", "w+b") as file:
    fcntl.flock(file, fcntl.LOCK_EX)
    other = os.open("lock", os.O_RDWR)
    try:
        fcntl.flock(other, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        print("flock", errno.errorcode[error.errno])
    fcntl.flock(file, fcntl.LOCK_UN)
    fcntl.lockf(file, fcntl.LOCK_EX)
    pid = os.fork()
    if pid == 0:
        try:
            with open("lock", "r+b") as mine:
                fcntl.lockf(mine, fcntl.LOCK_EX | fcntl.LOCK_NB)
            os._exit(1)
        except OSError:
            os._exit(7)
    print("lockf", os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))
    os.posix_fallocate(file.fileno(), 0, 4096)
    print(os.fstat(file.fileno()).st_size, os.pwrite(file.fileno(), b"abc", 10), os.pread(file.fileno(), 3, 10))
    print(os.get_inheritable(file.fileno()), os.sendfile(other, file.fileno(), 10, 3))
