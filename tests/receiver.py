"""A receiver of messages on this machine, spoken to over real HTTP."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


class Hook:
    """What a receiver was sent, and what it answers."""

    def __init__(self) -> None:
        self.got: list[dict[str, Any]] = []
        self.asked = 0
        self.status = 200
        self.breaks_after: int | None = None
        self.silent = False
        self.released = threading.Event()
        self.address = ""

    @property
    def titles(self) -> list[str]:
        return [message["title"] for message in self.got]

    def answer(self, message: dict[str, Any]) -> int:
        self.asked += 1
        if self.breaks_after is not None and len(self.got) >= self.breaks_after:
            return 500
        if self.status == 200:
            self.got.append(message)
        return self.status


def handler_of(hook: Hook) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            status = hook.answer(json.loads(body))
            if hook.silent:
                hook.released.wait()
                return
            self.send_response(status)
            if status == 302:
                self.send_header("Location", "/login")
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    return Handler


@contextmanager
def receivers() -> Iterator[Callable[[], Hook]]:
    """Makes receivers, each at an address of its own with a token in it."""
    servers = []

    def make() -> Hook:
        hook = Hook()
        server = ThreadingHTTPServer(("127.0.0.1", 0), handler_of(hook))
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        servers.append((hook, server, thread))
        hook.address = f"json://127.0.0.1:{server.server_port}/T0KEN-{len(servers)}"
        return hook

    yield make
    for hook, server, thread in servers:
        hook.released.set()
        server.shutdown()
        thread.join()
        server.server_close()
