"""Free ports for servers that must be given one."""

import random
import socket
from contextlib import suppress

# Below the ephemeral ports of Linux (32768 and up): otherwise any client's socket could take a port between
# the moment it was found free and the moment its server listens.
EPHEMERAL = 32_768
_FIRST = 16_384


def free_port(most: int = EPHEMERAL) -> int:
    """A free port of 127.0.0.1 below `most`, which the system does not assign by itself."""
    chance = random.SystemRandom()  # several processes may search at once
    while True:
        port = chance.randrange(_FIRST, most)
        with suppress(OSError), socket.create_server(("127.0.0.1", port)):
            return port
