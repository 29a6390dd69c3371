"""Each name of an embedder opens what it means."""

from pathlib import Path
from typing import Any, cast

from gateway.embedders.asked import AskedEmbedder
from gateway.embedders.local import LocalEmbedder
from gateway.embedders.opening import open_likeness
from gateway.services import Services


async def test_local_is_the_machines_own_and_any_other_is_a_model(tmp_path: Path) -> None:
    likeness: Any = open_likeness(lambda: cast(Services, None), tmp_path / "embedder", lambda: 0.5)
    assert isinstance(likeness._vectors._embedders("local"), LocalEmbedder)
    assert isinstance(likeness._vectors._embedders("openai/text-embedding-3-small"), AskedEmbedder)
    await likeness.close()
