"""The stores are interchangeable: what the road knows of one, the other has too."""

from pathlib import Path

from caching.disk import Disk
from caching.remote import Remote
from caching.sealing import Sealing
from caching.store import Store


def test_both_are_stores(tmp_path: Path) -> None:
    disk: Store = Disk(tmp_path / "a", 1, Sealing(), lambda: 0.0)
    remote: Store = Remote(None)  # type: ignore[arg-type]
    assert disk.failures == remote.failures == 0
