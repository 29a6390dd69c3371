"""The parts of the road are a fixed set, of which a reload swaps one."""

from dataclasses import fields
from typing import Any

import pytest

from gateway.services import Services


def services() -> Services:
    parts: dict[str, Any] = {each.name: each.name for each in fields(Services)}
    return Services(**parts)


def test_a_reload_swaps_the_deployment_alone() -> None:
    before, after = services(), services()
    after.deployment = "another"  # type: ignore[assignment]
    changed = [
        each.name for each in fields(Services) if getattr(before, each.name) != getattr(after, each.name)
    ]
    assert changed == ["deployment"]


def test_no_part_is_added_while_it_runs() -> None:
    with pytest.raises(AttributeError):
        services().extra = 1  # type: ignore[attr-defined]


def test_no_part_is_left_out() -> None:
    with pytest.raises(TypeError):
        Services()  # type: ignore[call-arg]
