"""What is learnt of names is found again."""

import gzip
import json
from pathlib import Path

import numpy as np

from bench.name_texts import Sample, Span
from bench.name_words import CITIES, FIRM_ENDS, GIVEN
from bench.names import collected, measured, taught
from gateway.embedders.embedder import Array
from gateway.embedders.naming import words


def read(text: str) -> tuple[Array, list[tuple[int, int]]]:
    """A model that knows given names and cities by heart, and nothing else."""
    places = words(text)
    said = [text[start:end].title() for start, end in places]
    return np.array(
        [[each in some for some in (GIVEN, CITIES, FIRM_ENDS)] for each in said], np.float32
    ), places


def test_what_is_learnt_is_found_and_addresses_do_not_count(tmp_path: Path) -> None:
    rows = []
    for number, (name, city) in enumerate(zip(GIVEN[:40], CITIES[:40], strict=True)):
        text = f"{name} lives at 4 Elm in {city}"
        parts = (("PERSON", name), ("STREET_ADDRESS", "4 Elm"), ("GPE", city))
        spans = [
            {
                "entity_type": kind,
                "start_position": text.index(part),
                "end_position": text.index(part) + len(part),
            }
            for kind, part in parts
        ]
        rows.append({"full_text": text, "template_id": number, "spans": spans})
    for file, lines in (("pii-synthetic", rows), ("guard-benign-arena-hard", [{"text": "what is it"}] * 20)):
        with gzip.open(tmp_path / f"{file}.jsonl.gz", "wt") as out:
            out.writelines(json.dumps(each) + "\n" for each in lines)
    told, prompts = collected(tmp_path)
    weights = taught(told, prompts, read)
    found = measured(told, read, weights)
    assert found["PERSON"][1] == found["LOCATION"][1] == 40
    assert found["PERSON"][0] > 30 and found["LOCATION"][0] > 30
    only = [Sample("Ask the station", (Span("PERSON", 0, 3),), 0)]
    assert measured(only, read, weights)["PERSON"] == (0, 1, 0, 0)
