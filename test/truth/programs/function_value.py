# truth: {"mode": "function"}
import collections
import threading


def main():
    results = []
    thread = threading.Thread(target=lambda: results.append("from a thread"))
    thread.start()
    thread.join()
    print("printed")
    return {
        "a": [1, 2.5, None, True],
        "tuple": (1, 2),
        "text": "ä€",
        "count": dict(collections.Counter("aab")),
        "r": results,
    }
