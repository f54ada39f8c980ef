"""A client of WebDriver BiDi (w3c.github.io/webdriver-bidi): Debian's Firefox, driven with nothing but a websocket."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from threading import Thread, Timer
from typing import Any

from websockets.sync.client import ClientConnection, connect

ANSWER_SECONDS = 60
_LISTENS = "WebDriver BiDi listening on "
Event = dict[str, Any]


class BidiError(Exception):
    """The browser refused a command, or a script threw."""


class Firefox:
    """One browser with one tab; what it tells of itself gathers in `events`."""

    def __init__(self, socket: ClientConnection) -> None:
        self.events: list[Event] = []
        self._socket = socket
        self._numbers = count(1)
        self.send("session.new", capabilities={})
        [tab] = self.send("browsingContext.getTree")["contexts"]
        self._tab = tab["context"]

    def send(self, method: str, **given: Any) -> Any:
        """The result of a command; events that arrive before it are kept."""
        number = next(self._numbers)
        self._socket.send(json.dumps({"id": number, "method": method, "params": given}))
        while True:
            told = json.loads(self._socket.recv(timeout=ANSWER_SECONDS))
            if told["type"] == "event":
                self.events.append(told)
            elif told["id"] == number:
                if told["type"] == "error":
                    raise BidiError(f"{method}: {told['message']}")
                return told["result"]

    def subscribe(self, *events: str) -> None:
        self.send("session.subscribe", events=events)

    def open(self, address: str) -> None:
        self.send("browsingContext.navigate", context=self._tab, url=address, wait="complete")

    def run(self, script: str) -> Any:
        """What an expression gives, as JSON holds it; a promise is waited for. Acts as if a person had clicked."""
        result = self.send(
            "script.evaluate",
            expression=f"Promise.resolve({script}).then((value) => JSON.stringify(value))",
            target={"context": self._tab},
            awaitPromise=True,
            userActivation=True,
        )
        if result["type"] == "exception":
            raise BidiError(result["exceptionDetails"]["text"])
        return json.loads(result["result"].get("value", "null"))

    def told(self, method: str) -> list[Event]:
        """Events of a kind, oldest first. Those of what a script did come before its answer."""
        return [event["params"] for event in self.events if event["method"] == method]


@contextmanager
def started(program: str, profile: Path) -> Iterator[Firefox]:
    """A headless browser with a fresh profile, which downloads into it."""
    downloads = profile / "downloads"
    downloads.mkdir(parents=True)
    (profile / "user.js").write_text(
        'user_pref("browser.download.folderList", 2);\n'
        f'user_pref("browser.download.dir", {json.dumps(str(downloads))});\n'
    )
    command = [program, "--headless", "--no-remote", "--remote-debugging-port=0",
               "--profile", str(profile), "about:blank"]  # fmt: skip
    pipes = {"stdout": subprocess.DEVNULL, "stderr": subprocess.PIPE}
    with subprocess.Popen(command, text=True, **pipes) as process:
        assert process.stderr
        # What nobody reads fills the pipe, and stops the browser.
        rest = Thread(target=process.stderr.read)
        try:
            address = _address(process)
            rest.start()
            with connect(f"{address}/session", proxy=None, max_size=None) as socket:
                firefox = Firefox(socket)
                yield firefox
                firefox.send("browser.close")
        finally:
            process.terminate()
            process.wait(timeout=ANSWER_SECONDS)
            if rest.ident:
                rest.join()


def _address(process: subprocess.Popen[str]) -> str:
    """Where a browser that starts says it listens."""
    late = Timer(ANSWER_SECONDS, process.kill)
    late.start()
    said = []
    for line in process.stderr or ():
        said.append(line)
        if _LISTENS in line:
            late.cancel()
            return line.partition(_LISTENS)[2].strip()
    late.cancel()
    raise BidiError(f"the browser ended before it listened: {''.join(said)}")
