"""Runs a module that ends with its parent: python -m app.demo.child MODULE ARGUMENTS...

The parent holds the other end of standard input. However it dies, also by SIGKILL, the pipe
closes, and the ports are free for the next start.
"""

import os
import runpy
import sys
import threading


def _end_with_parent() -> None:
    # Not sys.stdin: a thread that waits in its buffer aborts the interpreter's orderly end.
    while os.read(0, 1024):
        pass
    os._exit(0)


if __name__ == "__main__":
    threading.Thread(target=_end_with_parent, daemon=True).start()
    del sys.argv[0]
    runpy.run_module(sys.argv[0], run_name="__main__", alter_sys=True)
