"""What several tests need."""

from __future__ import annotations

import socket
from typing import Iterator

import pytest

pytest_plugins = ["pytester"]


@pytest.fixture
def server() -> Iterator[socket.socket]:
    """A listener on a free port of the loopback."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        yield listener
