"""The keys that encrypt cached answers outside the process."""

from config.cache_schema import CacheEntry
from config.node import Node
from config.report import Report
from config.secret import Secret
from config.vendors import secret_at

SHORTEST = 32  # characters: 128 bits in hexadecimal


def answer_keys(entry: CacheEntry, node: Node | None, report: Report) -> tuple[Secret, ...]:
    """The keys with their sources. Short keys are reported, and keys for answers that stay in memory."""
    if node is None or not entry.encrypt:
        return ()
    place = node.get("encrypt") or node
    if entry.store == "memory":
        report.wrong_key(
            place, "cache.encrypt beside store: memory", "store: redis or sqlite", "Memory is not encrypted."
        )
    keys = []
    for index, value in enumerate(entry.encrypt):
        found = node.get("encrypt", index) or place
        if len(value) < SHORTEST:
            report.wrong(
                found,
                f"a key of {len(value)} characters",
                f"a random one of {SHORTEST} or more",
                "Make one with `openssl rand -hex 32`.",
            )
        keys.append(secret_at(found, value, report))
    return tuple(keys)
