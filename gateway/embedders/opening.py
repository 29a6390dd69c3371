"""Makes the semantic cache, with its embedders and judges, in processes that have one."""

from collections.abc import Callable
from pathlib import Path

from config.caching import LOCAL
from gateway.caching.agreeing import Agreeing
from gateway.caching.evidence import EvidenceFile
from gateway.caching.likeness import Likeness
from gateway.embedders.asked import AskedEmbedder
from gateway.embedders.embedder import Embedder
from gateway.embedders.local import LocalEmbedder, load_model
from gateway.services import Services


def open_likeness(
    services: Callable[[], Services], folder: Path | None, chance: Callable[[], float]
) -> Likeness:
    """`folder`: where `signalbox embedder install` puts the model; None: nothing learned is saved. `chance`
    draws from 0 to 1.
    """

    def embedder(name: str) -> Embedder:
        if name == LOCAL:
            return LocalEmbedder(folder or Path("."), load_model)
        return AskedEmbedder(name, services)

    file = None if folder is None else EvidenceFile(folder.parent / "semantic")
    return Likeness(embedder, chance, lambda model: Agreeing(model, services), file)
