"""Free TCP ports on loopback, below those that an operating system gives to outgoing connections.

A server that is killed finds its port free when it is started again: no client got it meanwhile.
"""

import random
import socket

LOWEST, HIGHEST = 20_000, 32_000


def free_port():
    for port in random.sample(range(LOWEST, HIGHEST), 1_000):
        with socket.socket() as one:
            one.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                one.bind(("127.0.0.1", port))
                return port
            except OSError:
                continue
    raise RuntimeError(f"no free port from {LOWEST} to {HIGHEST}")


if __name__ == "__main__":
    print(free_port())
