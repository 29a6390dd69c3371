"""What is told of files and batches is what OpenAI's SDK reads."""

import msgspec
from msgspec.structs import replace
from openai.types import Batch as SdkBatch
from openai.types import FileObject

from gateway.batching.shapes import batch_object, encoded, file_object, list_object
from ledger.batches import Batch
from ledger.files import KeptFile

FILE = KeptFile("f1", "signalmen", "batch", "in.jsonl", 7, "f1", 1_800_000_000_999, 1_800_000_060_999)
BATCH = Batch(
    id="b1",
    team="signalmen",
    key_id="k",
    endpoint="/v1/embeddings",
    input_file_id="f1",
    completion_window="24h",
    created_ms=1_800_000_000_999,
    expires_ms=1_800_086_400_999,
)


def test_a_file_is_the_sdks() -> None:
    told = file_object(FILE)
    read = FileObject.model_validate(told, strict=True)
    assert (read.created_at, read.expires_at) == (1_800_000_000, 1_800_000_060)
    assert read.model_dump(exclude_unset=True) == told
    assert "signalmen" not in encoded(told).decode()


def test_a_new_batch_is_the_sdks() -> None:
    told = batch_object(BATCH)
    read = SdkBatch.model_validate(told, strict=True)
    assert (read.status, read.in_progress_at, read.errors, read.metadata) == ("validating", None, None, None)
    assert "signalmen" not in encoded(told).decode()


def test_a_batch_that_ended_tells_all() -> None:
    batch = replace(
        BATCH,
        status="failed",
        failed_ms=1_800_000_001_000,
        errors='[{"code":"a","message":"b","line":3,"param":null}]',
        metadata='{"for":"ann"}',
        total=3,
        completed=1,
        failed=1,
    )
    read = SdkBatch.model_validate(batch_object(batch), strict=True)
    assert read.errors is not None and read.errors.data is not None
    assert (read.errors.data[0].line, read.metadata, read.failed_at) == (3, {"for": "ann"}, 1_800_000_001)
    assert read.request_counts is not None and read.request_counts.failed == 1


def test_a_page_tells_its_ends() -> None:
    ends = {"first_id": "", "last_id": ""}
    assert list_object([], False) == {"object": "list", "data": [], "has_more": False, **ends}
    told = msgspec.json.decode(encoded(list_object([{"id": "a"}, {"id": "b"}], True)))
    assert (told["first_id"], told["last_id"], told["has_more"]) == ("a", "b", True)
