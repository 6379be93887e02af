import array
import mmap
from multiprocessing import get_context, shared_memory


def double(name, size):
    block = shared_memory.SharedMemory(name)
    for index in range(size):
        block.buf[index] = block.buf[index] * 2 % 256
    block.close()


def main():
    block = shared_memory.SharedMemory(create=True, size=48 * 1024 * 1024)
    block.buf[:4] = bytes([1, 2, 3, 4])
    child = get_context("fork").Process(target=double, args=(block.name, 4))
    child.start()
    child.join()
    print(bytes(block.buf[:4]), len(block.buf) >= 48 * 1024 * 1024)
    block.buf[:] = b"x" * len(block.buf)
    print(block.buf[-1])
    block.close()
    block.unlink()
    values = shared_memory.ShareableList([1, "two", 3.0, None])
    print(list(values))
    values.shm.close()
    values.shm.unlink()
    with mmap.mmap(-1, 8192) as memory:
        memory[:5] = b"hello"
        print(memory.find(b"llo"), len(memory))
    with open("mapped", "w+b") as file:
        file.truncate(4096)
        with mmap.mmap(file.fileno(), 0) as memory:
            memory[10:13] = b"abc"
            memory.flush()
        file.seek(10)
        print(file.read(3), array.array("d", [1.5, 2.5]).tobytes().hex())


if __name__ == "__main__":
    main()
