"""Uses the doors of a jail, and tries to get where none leads. The host sees what it reached."""

import errno
import socket

# Seconds for an answer that must not come.
PATIENCE = 0.3


def main(door, closed, holds):
    """Connects to a port that has a door. With `holds` it stays there until it is let go; else it tries all others.

    Returns what went wrong with the door, if anything, and what was seen that must not be there.
    """
    try:
        with socket.create_connection(("127.0.0.1", door), 5) as connection:
            # The host says a word to whom it has accepted.
            if connection.recv(1) != b"!":
                return {"door": "it was closed", "found": []}
            if holds:
                connection.settimeout(None)
                connection.recv(1)
    except OSError as error:
        # The filter of a compiler's jail refuses every socket.
        return {"door": None if error.errno == errno.ENOSYS else str(error), "found": []}
    return {"door": None, "found": [] if holds else [*connections(door, closed), *packets([door, *closed])]}


def connections(door, closed):
    found = []
    own = [(host, port) for port in closed for host in ("127.0.0.1", "127.0.1.1", "::1", "::ffff:127.0.0.1")]
    for host, port in [*own, ("::1", door), ("127.0.0.2", door), ("10.0.0.1", door), ("192.0.2.1", door)]:
        try:
            with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as client:
                client.settimeout(PATIENCE)
                client.connect((host, port))
            found.append(f"a connection to {host} was made")
        except TimeoutError:
            found.append(f"packets to {host} were sent")
        except OSError:
            pass
    return found


def packets(ports):
    found = []
    for port in ports:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as client:
            client.settimeout(PATIENCE)
            try:
                client.connect(("127.0.0.1", port))
                client.send(b"?")
                client.recv(1)
                found.append("a packet was answered")
            except TimeoutError:
                found.append("a packet was taken")
            except OSError:
                pass
    return found
