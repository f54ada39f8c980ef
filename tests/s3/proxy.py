"""A proxy before the S3 server that makes the faults of a bad day."""

from __future__ import annotations

import http.client
import random
import socket
import struct
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import unquote, urlsplit

from tests.s3.server import Server

# What the n-th request gets instead of its answer; "" passes it on.
Rule = Callable[["Request"], str]


@dataclass(frozen=True)
class Request:
    """What was asked: its number from 1, method, key (with the bucket), and query."""

    number: int
    method: str
    key: str
    query: str


@dataclass
class Proxy:
    """Where it listens, what it was asked, and which fault it makes next."""

    port: int
    rule: Rule = lambda _: ""
    asked: list[Request] = field(default_factory=list)
    # Called before a request is passed on: to change a bucket in the middle of a pull.
    before: Callable[[Request], None] = lambda _: None
    made: list[str] = field(default_factory=list)

    @property
    def endpoint(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def keys(self, method: str = "GET") -> list[str]:
        """Keys of the objects that were asked for."""
        return [each.key for each in self.asked if each.method == method and "/" in each.key]

    def listings(self) -> list[str]:
        """Queries of the listings."""
        return [each.query for each in self.asked if "list-type=2" in each.query]


def share(fault: str, part: float, seed: int = 1) -> Rule:
    """The fault for a part of all requests, by chance that comes out the same each time."""
    chance = random.Random(seed)
    lock = threading.Lock()

    def rule(_: Request) -> str:
        with lock:
            return fault if chance.random() < part else ""

    return rule


def always(fault: str, ending: str = "", times: int = 10**9) -> Rule:
    """The fault for the first so many requests whose key ends so."""
    left = [times]

    def rule(request: Request) -> str:
        if left[0] and request.key.endswith(ending):
            left[0] -= 1
            return fault
        return ""

    return rule


@contextmanager
def before(server: Server) -> Iterator[Proxy]:
    """A proxy before a server."""
    handler = _handler(server)
    httpd = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    httpd.daemon_threads = True
    proxy = Proxy(httpd.server_port)
    handler.proxy = proxy  # type: ignore[attr-defined]
    thread = threading.Thread(target=httpd.serve_forever, args=(0.05,))
    thread.start()
    try:
        yield proxy
    finally:
        httpd.shutdown()
        thread.join()
        httpd.server_close()


def _handler(server: Server) -> type[BaseHTTPRequestHandler]:  # noqa: C901 - one method a fault
    lock = threading.Lock()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        proxy: Proxy

        def do_GET(self) -> None:
            asked = urlsplit(self.path)
            with lock:
                key = unquote(asked.path).removeprefix("/")
                request = Request(len(self.proxy.asked) + 1, self.command, key, asked.query)
                self.proxy.asked.append(request)
                fault = self.proxy.rule(request)
                if fault:
                    self.proxy.made.append(fault)
                self.proxy.before(request)
            if fault in {"reset", "stopped"}:
                self._reset()
            elif fault[:3].isdigit():
                self._refuse(fault)
            else:
                self._pass_on(fault)

        do_HEAD = do_GET

        def _refuse(self, fault: str) -> None:
            status, code, *message = fault.split(" ", 2)
            text = f"<Error><Code>{code}</Code><Message>{' '.join(message)}</Message></Error>"
            body = b"" if self.command == "HEAD" else text.encode()
            self.send_response(int(status))
            self.send_header("Content-Type", "application/xml")
            if status in {"301", "400"}:
                self.send_header("x-amz-bucket-region", "eu-west-1")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def _reset(self) -> None:
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            self.close_connection = True
            self.connection.close()

        def _pass_on(self, fault: str) -> None:
            upstream = http.client.HTTPConnection("127.0.0.1", server.port, timeout=30)
            upstream.putrequest(self.command, self.path, skip_host=True, skip_accept_encoding=True)
            for name, value in self.headers.items():
                upstream.putheader(name, value)
            upstream.endheaders()
            answer = upstream.getresponse()
            body = answer.read()
            upstream.close()
            is_body = self.command == "GET" and answer.status in {200, 206} and len(body) > 1
            self._answer(answer, body, fault if is_body else "")

        def _answer(self, answer: http.client.HTTPResponse, body: bytes, fault: str) -> None:
            length = int(answer.headers.get("Content-Length", len(body)))
            if fault == "longer":
                body, length = body + b"x" * 7, length + 7
            if fault == "shorter":
                body, length = body[:-1], length - 1
            if fault == "altered":
                body = body[:-1] + bytes([body[-1] ^ 1])
            self.send_response(answer.status)
            for name, value in answer.headers.items():
                if name.lower() not in {"content-length", "transfer-encoding", "connection"}:
                    self.send_header(name, value)
            self.send_header("Content-Length", str(length))
            self.end_headers()
            if self.command == "HEAD":
                return
            if fault in {"truncated", "broken", "stalled"}:
                self.wfile.write(body[: len(body) // 2])
                self.wfile.flush()
                if fault == "stalled":
                    self._until_the_client_leaves()
                self._reset() if fault == "broken" else self._close()
                return
            self.wfile.write(body)

        def _close(self) -> None:
            self.close_connection = True

        def _until_the_client_leaves(self) -> None:
            self.connection.settimeout(20)
            try:
                self.connection.recv(1)
            except OSError:
                return

        def handle(self) -> None:
            try:
                super().handle()
            except OSError:
                return

        def log_message(self, *_: object) -> None:
            return

    return Handler
