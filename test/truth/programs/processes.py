# truth: {"variants": ["fork", "forkserver", "spawn"]}
import multiprocessing
import os
import sys


def square(x):
    return x * x


def fill(queue, event, value):
    event.wait(20)
    with value.get_lock():
        value.value += 1
    queue.put((multiprocessing.current_process().name, os.getppid() != 0))


def die():
    os._exit(7)


def main():
    context = multiprocessing.get_context(sys.argv[1])
    with context.Pool(2) as pool:
        print(pool.map(square, range(10)), pool.apply(square, (9,)))
        try:
            pool.apply(int, ("x",))
        except ValueError as error:
            print(error)
    queue, event, value = context.Queue(), context.Event(), context.Value("i", 0)
    workers = [context.Process(target=fill, args=(queue, event, value), name=f"worker-{n}") for n in range(2)]
    for worker in workers:
        worker.start()
    event.set()
    print(sorted(queue.get(timeout=20) for _ in workers))
    for worker in workers:
        worker.join()
    print(value.value, [worker.exitcode for worker in workers])
    dying = context.Process(target=die)
    dying.start()
    dying.join()
    sleeping = context.Process(target=event.wait, args=())
    event.clear()
    sleeping.start()
    sleeping.terminate()
    sleeping.join()
    print(dying.exitcode, sleeping.exitcode)
    one, two = context.Pipe()
    one.send({"a": [1, 2]})
    print(two.recv())
    with context.Manager() as manager:
        shared = manager.dict(a=1)
        shared["b"] = 2
        print(dict(shared))


if __name__ == "__main__":
    main()
