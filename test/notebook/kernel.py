"""Runs cells in an ipykernel, and prints what a notebook would show of each, as JSON.

Called with a file of cells: a list of `source` and `interrupt`, a word of the output after which the cell is
interrupted; a cell without a source restarts the kernel.
"""

import json
import queue
import sys

from jupyter_client.manager import KernelManager

PATIENCE = 60


def main(file):
    with open(file) as source:
        cells = json.load(source)
    manager = KernelManager(kernel_cmd=[sys.executable, "-m", "ipykernel_launcher", "-f", "{connection_file}"])
    manager.start_kernel()
    client = manager.client()
    client.start_channels()
    client.wait_for_ready(timeout=PATIENCE)
    try:
        seen = []
        for cell in cells:
            if cell["source"] is None:
                manager.restart_kernel(now=True)
                client.wait_for_ready(timeout=PATIENCE)
                seen.append(None)
            else:
                seen.append(run(manager, client, cell))
    finally:
        client.stop_channels()
        manager.shutdown_kernel(now=True)
    print(json.dumps(seen))


def run(manager, client, cell):
    shown = {"stdout": "", "stderr": "", "results": [], "error": None, "count": None}
    request = client.execute(cell["source"])
    awaited = cell.get("interrupt")
    while True:
        try:
            message = client.get_iopub_msg(timeout=PATIENCE)
        except queue.Empty:
            raise SystemExit(f"the kernel did not end: {cell['source']!r}") from None
        if message["parent_header"].get("msg_id") != request:
            continue
        content = message["content"]
        match message["msg_type"]:
            case "stream":
                shown[content["name"]] += content["text"]
                if awaited and awaited in shown["stdout"]:
                    awaited = None
                    manager.interrupt_kernel()
            case "execute_result":
                shown["count"] = content["execution_count"]
                shown["results"].append({"main": True, "data": content["data"]})
            case "display_data":
                shown["results"].append({"main": False, "data": content["data"]})
            case "error":
                shown["error"] = [content["ename"], content["evalue"]]
            case "status" if content["execution_state"] == "idle":
                return shown


main(sys.argv[1])
