"""The principal: what it allows, and that it cannot be changed."""

import dataclasses

import pytest

from ledger.principal import Principal
from ledger.scope import compile_scope

ANN = Principal("k", "name", "caller", "ann", "support", "acme", compile_scope(["fast", "gpt-*"]))


def test_a_principal_allows_what_its_scope_allows() -> None:
    assert [ANN.allows(model) for model in ("fast", "gpt-4", "o3")] == [True, True, False]
    assert ANN.models == ("fast", "gpt-*")


def test_a_principal_without_a_scope_may_use_every_model() -> None:
    free = dataclasses.replace(ANN, scope=None)
    assert free.allows("anything")
    assert free.models is None


def test_a_principal_cannot_be_changed() -> None:
    with pytest.raises(dataclasses.FrozenInstanceError):
        ANN.role = "admin"  # type: ignore[misc]
