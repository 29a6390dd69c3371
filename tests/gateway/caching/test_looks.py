"""Looks that nobody waits for: what is done after them, and who will be found by whom."""

import asyncio
from typing import Any

import pytest

from caching.semantic.subject import Subject
from caching.semantic.traits import traits
from config.caching import SemanticPolicy
from gateway.caching.inquiry import Inquiry, Place
from gateway.caching.looks import Looks
from tests.gateway.road import WHO


def inquiry(text: str, scope: bytes = b"s") -> Inquiry:
    subject = Subject(scope, text, traits(text))
    return Inquiry(Place("support", "fast"), SemanticPolicy(), WHO, subject)


async def test_what_comes_after_a_look_waits_for_it_and_for_nothing_else() -> None:
    looks, one, done, opened = Looks(), inquiry("buy a router"), list[str](), asyncio.Event()
    looks.after(one, lambda: done.append("without"))
    looks.start(one, _wait(opened))
    looks.after(one, lambda: done.append("then"))
    assert done == ["without"]
    opened.set()
    await looks.close()
    assert done == ["without", "then"]
    looks.after(one, lambda: done.append("over"))
    assert done[2:] == ["over"]


async def test_only_answered_texts_will_be_found() -> None:
    looks, one, opened = Looks(), inquiry("buy a router"), asyncio.Event()
    looks.start(one, _wait(opened))
    assert looks.of(b"s", None) == []
    looks.after(one, lambda: None)
    same, other = traits("please buy router").content, traits("sell a router").content
    found = [looks.of(*asked) for asked in ((b"s", same), (b"s", None), (b"s", other), (b"t", None))]
    assert [len(each) for each in found] == [1, 1, 0, 0]
    opened.set()
    await looks.close()
    assert looks.of(b"s", None) == []


async def test_what_fails_is_over_too(caplog: pytest.LogCaptureFixture) -> None:
    looks, one, done = Looks(), inquiry("buy a router"), list[str]()

    async def fail() -> None:
        raise ValueError

    looks.start(one, fail())
    looks.after(one, lambda: done.append("then"))
    await looks.close()
    assert (done, looks.of(b"s", None), looks.full) == (["then"], [], False)


async def _wait(opened: asyncio.Event) -> Any:
    await opened.wait()
