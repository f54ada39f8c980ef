"""Producers that work ahead of their consumer, alone or many at once. Imports nothing of ours."""

from __future__ import annotations

import queue
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from itertools import islice
from typing import TypeVar, cast

Item = TypeVar("Item")
Job = TypeVar("Job")
Put = Callable[[Item], bool]


def ahead(produce: Callable[[Put[Item]], None], *, at_most: int = 1) -> Iterator[Item]:
    """Runs a producer in a thread, `at_most` items ahead of its consumer; its error is raised there.

    The producer is given `put`, which says whether somebody still wants more.
    """
    return _together([produce], at_most)


def shared(
    jobs: Iterable[Job], work: Callable[[Job], Iterable[Item]], workers: int
) -> Iterator[Item]:
    """What `work` gives for each job, as it comes, done by some threads that share the jobs.

    Jobs are taken one by one and results wait in a short queue, so that neither number costs memory.
    The first error ends all and is raised at the consumer.
    """
    waiting = iter(jobs)
    taking = threading.Lock()
    none = object()

    def take() -> object:
        with taking:
            return next(waiting, none)

    def worker(put: Put[Item]) -> None:
        while (job := take()) is not none:
            for item in work(cast(Job, job)):
                if not put(item):
                    return

    return _together([worker] * workers, workers * 2)


def in_groups(items: Iterable[Item], size: int) -> Iterator[list[Item]]:
    """The items in lists: handing things over from thread to thread takes its time, for each list once."""
    waiting = iter(items)
    while group := list(islice(waiting, size)):
        yield group


class Unwanted(Exception):  # noqa: N818 - it ends work, and nobody is told
    """The consumer has gone: whoever still works for it may stop."""


_mine = threading.local()


def check_wanted() -> None:
    """Raises Unwanted in a producer whose consumer has gone; does nothing elsewhere."""
    pause(0)


def pause(seconds: float) -> None:
    """Sleeps; in a producer only as long as its consumer waits. Raises Unwanted where it has gone."""
    line: _Line | None = getattr(_mine, "line", None)
    if line is None:
        time.sleep(seconds)
    elif line.is_left(within=seconds):
        raise Unwanted


class _Line:
    """A short queue between producers and their consumer, that both may leave."""

    def __init__(self, at_most: int) -> None:
        self._items: queue.Queue[object] = queue.Queue(maxsize=at_most)
        self._stopped = threading.Event()

    def put(self, item: object) -> bool:
        while not self._stopped.is_set():
            try:
                self._items.put(item, timeout=0.1)
            except queue.Full:
                continue
            return True
        return False

    def get(self) -> object:
        return self._items.get()

    def stop(self) -> None:
        self._stopped.set()

    def is_left(self, *, within: float = 0) -> bool:
        return self._stopped.wait(within)


class _Ended:
    """The end of a producer, and what it died of."""

    def __init__(self, error: BaseException | None) -> None:
        self.error = error


def _together(producers: list[Callable[[Put[Item]], None]], at_most: int) -> Iterator[Item]:
    line = _Line(at_most)

    def run(produce: Callable[[Put[Item]], None]) -> None:
        _mine.line = line
        try:
            produce(line.put)
        except BaseException as error:
            line.put(_Ended(error))
        line.put(_Ended(None))

    threads = [threading.Thread(target=run, args=(each,), daemon=True) for each in producers]
    for thread in threads:
        thread.start()
    running = len(threads)
    try:
        while running:
            item = line.get()
            if not isinstance(item, _Ended):
                yield cast(Item, item)
                continue
            if item.error:
                raise item.error
            running -= 1
    finally:
        line.stop()
        for thread in threads:
            thread.join()
