"""Evaluates the local model on a file of labelled texts."""

import gzip
import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np

from caching.semantic.comparing import Verify
from caching.semantic.trials import judge, look_up
from caching.semantic.wording import bare
from gateway.embedders.embedder import Array
from gateway.embedders.local import load_model


@dataclass(frozen=True, slots=True)
class Trial:
    """The settings of an evaluation."""

    at: float = 0.75  # the lowest cosine at which a text counts as found
    precision: float = 0.85  # the recall of pairs is reported at this precision
    verify: Verify = "off"
    limit: int = 10_000  # lines to read; of pairs, the first half is for training


def tried(file: Path, folder: Path, trial: Trial) -> dict[str, Any]:
    """The resulting figures by name. Raises OSError, ValueError or ModuleNotFoundError."""
    rows = _rows(file)[: trial.limit]
    run = load_model(folder)

    def vectors(texts: Sequence[str]) -> Array:
        return np.array([run(bare(text)) for text in texts], dtype=np.float32)

    if rows and {"origin", "similar"} <= rows[0].keys():
        originals, others = [row["origin"] for row in rows], [row["similar"] for row in rows]
        found = look_up(originals, others, (vectors(originals), vectors(others)), trial.at, trial.verify)
        return {"texts": len(rows), "at": trial.at, "verify": trial.verify, **asdict(found)}
    if not rows or not {"text_a", "text_b", "label"} <= rows[0].keys():
        raise ValueError(f"{file} has lines with neither origin and similar nor text_a, text_b and label")
    pairs = [(row["text_a"], row["text_b"]) for row in rows]
    both = vectors([one for one, _ in pairs]), vectors([other for _, other in pairs])
    same = [bool(row["label"]) for row in rows]
    return asdict(judge(pairs, same, both, len(rows) // 2, trial.precision))


def _rows(file: Path) -> list[dict[str, Any]]:
    data = file.read_bytes()
    if data[:2] == b"\x1f\x8b":
        data = gzip.decompress(data)
    return [json.loads(line) for line in data.splitlines() if line.strip()]
