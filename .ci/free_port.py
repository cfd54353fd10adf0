"""Free TCP ports on loopback, below those that an operating system gives to outgoing connections.

A server that is killed finds its port free when it is started again: no client got it meanwhile.
"""

import random
import socket

LOWEST, HIGHEST = 20_000, 32_000
_given = set()


def free_port():
    """Returns a port that nobody has, and that this process wasn't given before."""
    for port in random.sample(sorted(set(range(LOWEST, HIGHEST)) - _given), 1_000):
        with socket.socket() as one:
            one.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                one.bind(("127.0.0.1", port))
                _given.add(port)
                return port
            except OSError:
                continue
    raise RuntimeError(f"no free port from {LOWEST} to {HIGHEST}")


if __name__ == "__main__":
    print(free_port())
