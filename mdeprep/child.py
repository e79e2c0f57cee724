"""Run a command that ends when the process that started it ends, however that one ends: also by SIGKILL.

    python -I mdeprep/child.py <process id of the parent> <signal to send then, such as SIGTERM> <command> …

Linux sends the signal (prctl survives the exec); elsewhere only an orderly end of the parent is passed on.
"""

import ctypes
import os
import signal
import sys
from typing import NoReturn

PR_SET_PDEATHSIG = 1


def main(parent: int, sent: signal.Signals, command: list[str]) -> NoReturn:
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, sent)
    if os.getppid() != parent:  # it ended before the line above
        sys.exit(1)
    os.execvp(command[0], command)  # noqa: S606  # nosec B606 - the command comes from our own code


if __name__ == "__main__":
    main(int(sys.argv[1]), signal.Signals[sys.argv[2]], sys.argv[3:])
