"""Which prompt prefixes a vendor is asked to cache: those for which that pays, judged by observed reuse."""

from collections.abc import Callable

from caching.prefixes import Kind, Prefixes, break_even
from dialects.breakpoints import Breakpoints, Prefix, Prefixed
from ledger.price import Price

_LEAST_BYTES = 4096  # some 1,024 tokens: vendors cache nothing shorter
_LOOK_BACK = 20  # messages before a mark that the vendor searches for a cached prefix


class Marking:
    """Sets at most four marks: after the tools, the system prompt, the end of the conversation's previous
    request, and the end of this one.
    """

    def __init__(self, breakpoints: Breakpoints, price: Price, clock: Callable[[], float]) -> None:
        rates = price.base
        self._breakpoints = breakpoints
        self._least = break_even(rates.input, rates.cache_write, rates.cached_read)
        self._prefixes = Prefixes(clock)

    @property
    def pays(self) -> bool:
        """Whether caching can pay at all at these prices."""
        return self._least < 1

    def marked(self, body: bytes, account: bytes = b"") -> bytes:
        """The request with its marks; unchanged if its caller has set marks. Prefixes are tracked for each
        `account`, as vendors' caches are; how often a kind of prefix is reused is learnt from all accounts.
        """
        if len(body) < _LEAST_BYTES or self._breakpoints.marked(body):
            return body
        found = self._breakpoints.prefixes(body)
        if found is None:
            return body
        tools = self._is_worth("tools", found.tools, account)
        system = self._is_worth("system", found.system, account)
        messages = self._of_history(found, account)
        if not (tools or system or messages):
            return body
        return self._breakpoints.mark(body, tools, system, messages)

    def _is_worth(self, kind: Kind, prefix: Prefix | None, account: bytes) -> bool:
        if prefix is None:
            return False
        chance = self._prefixes.use(kind, account + prefix.digest)
        return chance >= self._least and prefix.size >= _LEAST_BYTES

    def _of_history(self, found: Prefixed, account: bytes) -> list[int]:
        """The messages to mark: the last of the conversation's previous request, and of this one."""
        messages, last = found.messages, len(found.messages) - 1
        if last < 0:
            return []
        before = None
        for place in range(last - 1, max(-1, last - 1 - _LOOK_BACK), -1):
            digest = account + messages[place].digest
            if self._prefixes.knows(digest):
                before = place
                self._prefixes.came_again(digest)
                break
        kind: Kind = "opening" if before is None else "history"
        if not self._is_worth(kind, messages[last], account):
            return []
        return [last] if before is None else [before, last]
