"""A producer that works one item ahead of its consumer. Imports nothing of ours."""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable, Iterator
from typing import TypeVar, cast

Item = TypeVar("Item")


def ahead(produce: Callable[[Callable[[Item], bool]], None]) -> Iterator[Item]:
    """Runs a producer in a thread, one item ahead of its consumer; its error is raised at the consumer.

    The producer is given `put`, which says whether somebody still wants more.
    """
    done = object()
    items: queue.Queue[object] = queue.Queue(maxsize=1)
    stopped = threading.Event()

    def put(item: object) -> bool:
        while not stopped.is_set():
            try:
                items.put(item, timeout=0.1)
            except queue.Full:
                continue
            return True
        return False

    def work() -> None:
        try:
            produce(put)
        except BaseException as error:
            put(error)
        put(done)

    thread = threading.Thread(target=work, daemon=True)
    thread.start()
    try:
        while (item := items.get()) is not done:
            if isinstance(item, BaseException):
                raise item
            yield cast(Item, item)
    finally:
        stopped.set()
        thread.join()
