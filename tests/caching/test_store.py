"""The store that never remembers."""

from caching.store import AnswerStore, NoStore


async def test_what_was_put_is_not_found() -> None:
    store: AnswerStore = NoStore()
    await store.put(b"print", b"answer", 60.0)
    assert await store.get(b"print") is None
