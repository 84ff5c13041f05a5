"""Ways out of a jail, each tried when it is named: `python -I -B FILE FACTS NAME...`, one reply a probe on descriptor 4.

Stands alone, for it runs inside jails. A probe returns what it got hold of, nothing where it was held; whatever is
raised counts as held. What can only be seen from outside is looked at there, by `lydite doctor`.
"""

from __future__ import annotations

import os
import sys


def compute(facts):
    import numpy as np

    a = np.eye(3)
    return "" if (a @ a == a).all() else "NumPy computes wrongly"


def read_secret(facts):
    return open(facts["secret"]).read()


def make_socket(facts):
    import socket

    return str(socket.socket())


def make_namespace(facts):
    import ctypes

    return "" if ctypes.CDLL(None).unshare(0x10000000) else "a user namespace"


def fork(facts):
    pid = os.fork()
    if pid == 0:
        os._exit(0)
    os.waitpid(pid, 0)
    return "a process"


def main():
    import json

    facts = json.loads(sys.argv[1])
    for name in sys.argv[2:]:
        try:
            got = globals()[name](facts)
        except BaseException as e:
            sys.stderr.write(f"{name}: {type(e).__name__}: {e}\n")
            got = ""
        os.write(4, f"{name}: {'LEAKS ' + got if got else 'contained'}\n".encode())


main()
