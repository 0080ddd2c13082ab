"""Runs in a room, as a member's server would: starts a kernel, tries what kernels can do, prints what came of it."""

import json
import os
import sys
import time
from pathlib import Path
from typing import Any

from jupyter_client.manager import KernelManager

from widgets.kernels.provisioner import register
from widgets.kernels.spare import Spare

register()


def run(client: Any, code: str, answer: str | None = None) -> str:
    """What a cell printed, or the name of its error; `answer` is typed where it asks."""
    said, asked = [], client.execute(code, allow_stdin=answer is not None)
    while True:
        if answer is not None and client.stdin_channel.msg_ready():
            client.get_stdin_msg(timeout=1)
            client.input(answer)
        try:
            message = client.get_iopub_msg(timeout=0.2 if answer is not None else 90)
        except Exception:
            if answer is None:
                raise
            continue
        if message["parent_header"].get("msg_id") != asked:
            continue
        content = message["content"]
        if not message["msg_type"].startswith("comm"):
            said.append(content.get("text") or content.get("ename") or ",".join(sorted(content.get("data", {}))))
        if content.get("execution_state") == "idle":
            client.get_shell_msg(timeout=90)
            return "".join(said).strip()


CELLS = {
    "loaded": "import sys; print('pandas' in sys.modules, 'hub_config' in sys.modules)",
    "parent": "import os; print(os.getppid())",
    "libraries": "import pandas, ipywidgets, plotly.express as px; print(pandas.DataFrame({'a': [1, 2]}).a.sum())",
    "figure": "px.line(y=[1, 2])",
    "widget": "ipywidgets.IntSlider()",
    "targets": "import comm; print(*sorted(comm.get_comm_manager().targets))",
    "subprocess": "import subprocess; print(subprocess.run(['echo', 'hi'], capture_output=True, text=True).stdout)",
    "shell": "!echo shell",
    "fork": "import multiprocessing as mp\nwith mp.get_context('fork').Pool(2) as pool: print(pool.map(abs, [-1, -2]))",
    "spawn": "with mp.get_context('spawn').Pool(1) as pool: print(pool.map(abs, [-3]))",
    "threads": "import threading; t = threading.Thread(target=print, args=('thread',)); t.start(); t.join()",
    "futures": "from concurrent.futures import ThreadPoolExecutor as P\nwith P(2) as p: print(list(p.map(abs, [-4])))",
    "asyncio": "import asyncio; await asyncio.sleep(0.01); print('awaited')",
    "beside": "_ = open('beside.py', 'w').write('found = True')\nfrom beside import found; print(found)",
    "magic": "%timeit -n1 -r1 pass",
    "history": "print(len(In) > 5)",
    "signal": "import signal; print(signal.getsignal(signal.SIGINT) is signal.default_int_handler)",
    "main": "import __main__; x = 3; print(__main__.x, __name__)",
    "pickle": "import pickle\nclass A: pass\nprint(type(pickle.loads(pickle.dumps(A()))).__name__)",
    "blas": "import numpy; print(int((numpy.ones((300, 300)) @ numpy.ones((300, 300))).sum()))",
    "error": "1 / 0",
    "stderr": "import sys; print('err', file=sys.stderr)",
    "system": "import os, time; _ = os.system('echo system'); time.sleep(1)",
}


def printed(client: Any, text: str) -> None:
    """Return once the kernel has printed this, in however many pieces it comes."""
    said = ""
    while text not in said:
        said += client.get_iopub_msg(timeout=90)["content"].get("text", "")


def debugged(client: Any) -> bool:
    """Whether a breakpoint can be set and is reached."""

    def ask(number: int, command: str, **arguments: Any) -> dict[str, Any]:
        content = {"type": "request", "seq": number, "command": command, "arguments": arguments}
        message = client.session.msg("debug_request", content)
        client.control_channel.send(message)
        while True:
            reply = client.control_channel.get_msg(timeout=90)
            if reply["parent_header"].get("msg_id") == message["header"]["msg_id"]:
                answer: dict[str, Any] = reply["content"]
                return answer

    code = "a = 1\nb = a + 1\nprint('after', b)"
    ask(1, "initialize", clientID="t", adapterID="", linesStartAt1=True, columnsStartAt1=True, pathFormat="path")
    ask(2, "attach")
    source = ask(3, "dumpCell", code=code)["body"]["sourcePath"]
    ask(4, "setBreakpoints", breakpoints=[{"line": 2}], source={"path": source}, sourceModified=False)
    ask(5, "configurationDone")
    client.execute(code)
    while (message := client.get_iopub_msg(timeout=90))["content"].get("event") != "stopped":
        pass
    stack = ask(6, "stackTrace", threadId=message["content"]["body"]["threadId"])["body"]["stackFrames"]
    ask(7, "continue", threadId=message["content"]["body"]["threadId"])
    printed(client, "after 2\n")
    ask(8, "disconnect", restart=False, terminateDebuggee=False)
    return bool(stack[0]["line"] == 2)


def in_advance(manager: Any) -> Spare:
    """What this manager's kernel can come from, as a member's server has it."""
    command, options = manager.pre_start_kernel()
    return Spare(command, options["env"], str(Path.cwd()))


def main() -> None:
    manager: Any = KernelManager(transport="ipc")
    options = {"source": in_advance(manager)} if os.environ.get("IN_ADVANCE") else {}
    began = time.monotonic()
    manager.start_kernel(**options)
    client = manager.client()
    client.start_channels()
    client.wait_for_ready(timeout=60)
    found: dict[str, Any] = {"seconds": time.monotonic() - began, "came": manager.provisioner.came}
    found |= {name: run(client, code) for name, code in CELLS.items()}
    found["input"] = run(client, "print(input('name? ') + '!')", answer="amina")
    found["completion"] = client.complete("import pand", reply=True, timeout=90)["content"]["matches"][:1]
    found["inspection"] = client.inspect("len", reply=True, timeout=90)["content"]["found"]
    asked = client.execute("import time\nprint('begun')\ntime.sleep(100)")
    printed(client, "begun\n")
    manager.interrupt_kernel()
    while (reply := client.get_shell_msg(timeout=90))["parent_header"]["msg_id"] != asked:
        pass
    found["interrupt"] = reply["content"]["ename"]
    # Not before: whoever interrupts as the debugger leaves may have a kernel that says no more, in any kernel.
    found["debugger"] = debugged(client)
    before = manager.provisioner.pid
    manager.restart_kernel(now=True)
    client.wait_for_ready(timeout=60)
    found["restart"] = manager.provisioner.pid != before and run(client, "print('x' in globals())")
    client.execute("import os; os._exit(3)")
    deadline = time.monotonic() + 90
    while manager.is_alive() and time.monotonic() < deadline:
        time.sleep(0.05)
    found["died"] = not manager.is_alive()
    manager.restart_kernel()
    client.wait_for_ready(timeout=60)
    manager.shutdown_kernel()
    found["shut down"] = not manager.is_alive()
    sys.stdout.write(json.dumps(found) + "\n")


if __name__ == "__main__":
    main()
