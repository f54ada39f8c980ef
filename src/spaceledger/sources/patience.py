"""How often and how long AWS is asked again: backoff with full jitter inside a budget of time."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, TypeVar

from tenacity import Retrying, retry_if_exception, stop_after_delay, wait_random_exponential

from spaceledger.ahead import Unwanted, pause
from spaceledger.errors import ChangedSourceError, SourceError, TransientSourceError
from spaceledger.sources.faults import fault_of, is_of_the_network

Answer = TypeVar("Answer")


@dataclass(frozen=True)
class Patience:
    """Seconds: of all tries of one request together, the first wait at most, and any later one."""

    budget: float = 120
    first_wait: float = 0.2
    longest_wait: float = 20


PATIENCE = Patience()


def patiently(call: Callable[[], Answer], *, where: str, permission: str) -> Answer:
    """What the call returns; while its faults are transient it is made again within the budget.

    Raises SourceError at once for other faults, ChangedSourceError where an object is not as it was
    listed, and TransientSourceError when the budget is used up.
    """

    def once() -> Answer:
        try:
            return call()
        except (SourceError, Unwanted):
            raise
        except Exception as error:
            if isinstance(error, OSError) and not is_of_the_network(error):
                raise  # a full disk is no fault of AWS
            # Without its cause, which a traceback in a log would quote: some servers echo what was signed.
            raise fault_of(error, where=where, permission=permission) from None

    tries = Retrying(
        stop=stop_after_delay(PATIENCE.budget),
        wait=wait_random_exponential(PATIENCE.first_wait, PATIENCE.longest_wait),
        retry=retry_if_exception(_is_worth_another_try),
        sleep=pause,
        reraise=True,
    )
    return tries(once)


def _is_worth_another_try(error: BaseException) -> bool:
    return isinstance(error, TransientSourceError) and not isinstance(error, ChangedSourceError)


def ask(
    client: Any, operation: str, *, where: str, permission: str, **arguments: Any
) -> dict[str, Any]:
    """One answer of an API: `ask(client, "describe_domain", where=…, permission=…, DomainId=…)`."""
    method = getattr(client, operation)
    answer: dict[str, Any] = patiently(
        lambda: method(**arguments), where=where, permission=permission
    )
    return answer


def pages(
    client: Any, operation: str, *, where: str, permission: str, **arguments: Any
) -> Iterator[dict[str, Any]]:
    """All pages of an API whose next page is asked for by `NextToken`.

    Each page is tried again by itself, so that a throttled one is never the end of the list. Raises
    SourceError where a page leads back to one that was read.
    """
    seen: set[str] = set()
    while True:
        answer = ask(client, operation, where=where, permission=permission, **arguments)
        yield answer
        token = answer.get("NextToken")
        if not token:
            return
        if token in seen:
            raise SourceError(f"{operation} repeats a page", where=where, todo="run again")
        seen.add(token)
        arguments["NextToken"] = token
