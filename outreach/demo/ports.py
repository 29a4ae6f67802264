"""Ports of this machine: whether somebody answers at one, and which are free."""

import socket

HOST = "127.0.0.1"


def answers(port: int) -> bool:
    """Whether a server listens on ``port``."""
    try:
        socket.create_connection((HOST, port), timeout=2).close()
    except OSError:
        return False
    return True


def free_ports(*wanted: int) -> list[int]:
    """Each port that is ``wanted`` where it is free, else any other free one; all different."""
    with_sockets = [_bound(port) for port in wanted]
    ports = [int(bound.getsockname()[1]) for bound in with_sockets]
    for bound in with_sockets:
        bound.close()
    return ports


def _bound(port: int) -> socket.socket:
    bound = socket.socket()
    bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        bound.bind((HOST, port))
    except OSError:
        bound.bind((HOST, 0))
    return bound
