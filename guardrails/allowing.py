"""Values that are never findings: your own domains, test numbers."""

import re
from collections.abc import Iterable


class Allowed:
    """The allow list: texts, `@domain` for its addresses and subdomains', or `*` at one end.

    White space, brackets, hyphens and case are ignored.
    """

    __slots__ = ("_domains", "_exact", "_prefixes", "_suffixes", "any")

    def __init__(self, entries: Iterable[str]) -> None:
        exact, prefixes, suffixes, domains = set(), [], [], []
        for entry in entries:
            form = _form(entry.encode())
            if entry.startswith("@"):
                domains.append(form)
            elif entry.startswith("*"):
                suffixes.append(form[1:])
            elif entry.endswith("*"):
                prefixes.append(form[:-1])
            else:
                exact.add(form)
        self._exact = frozenset(exact)
        self._prefixes, self._suffixes, self._domains = tuple(prefixes), tuple(suffixes), tuple(domains)
        self.any = bool(exact or prefixes or suffixes or domains)  # whether the list has entries

    def covers(self, value: bytes) -> bool:
        """Whether the value is allowed."""
        if not self.any:
            return False
        form = _form(value)
        at = form.rfind(b"@")
        return (
            form in self._exact
            or form.startswith(self._prefixes)
            or form.endswith(self._suffixes)
            or (at >= 0 and any(_within(form[at:], domain) for domain in self._domains))
        )


_LOOSE = re.compile(rb"[\s()-]+")


def _form(value: bytes) -> bytes:
    return _LOOSE.sub(b"", value).lower()


def _within(domain: bytes, of: bytes) -> bool:
    return domain == of or domain.endswith(b"." + of[1:])
