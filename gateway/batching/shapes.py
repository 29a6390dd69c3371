"""Files and batches in OpenAI's format."""

from collections.abc import Sequence
from typing import Any

import msgspec

from ledger.batches import Batch
from ledger.files import KeptFile

_ENCODE = msgspec.json.Encoder().encode
_MOMENTS = ("in_progress", "finalizing", "completed", "failed", "expired", "cancelling", "cancelled")


def file_object(file: KeptFile) -> dict[str, Any]:
    """The file in OpenAI's format: https://platform.openai.com/docs/api-reference/files/object"""
    return {
        "id": file.id,
        "object": "file",
        "bytes": file.bytes,
        "created_at": file.created_ms // 1000,
        "expires_at": file.expires_ms // 1000,
        "filename": file.filename,
        "purpose": file.purpose,
        "status": "processed",
    }


def batch_object(batch: Batch) -> dict[str, Any]:
    """The batch in OpenAI's format: https://platform.openai.com/docs/api-reference/batch/object"""
    errors = {"object": "list", "data": msgspec.json.decode(batch.errors)} if batch.errors else None
    moments = {f"{name}_at": _seconds(getattr(batch, f"{name}_ms")) for name in _MOMENTS}
    return {
        "id": batch.id,
        "object": "batch",
        "endpoint": batch.endpoint,
        "errors": errors,
        "input_file_id": batch.input_file_id,
        "completion_window": batch.completion_window,
        "status": batch.status,
        "output_file_id": batch.output_file_id,
        "error_file_id": batch.error_file_id,
        "created_at": batch.created_ms // 1000,
        "expires_at": batch.expires_ms // 1000,
        **moments,
        "request_counts": {"total": batch.total, "completed": batch.completed, "failed": batch.failed},
        "metadata": msgspec.json.decode(batch.metadata) if batch.metadata else None,
    }


def list_object(items: Sequence[dict[str, Any]], more: bool) -> dict[str, Any]:
    """One page. An empty one has `""` as first and last id: OpenAI's schema requires them as strings."""
    first, last = (items[0]["id"], items[-1]["id"]) if items else ("", "")
    return {"object": "list", "data": list(items), "first_id": first, "last_id": last, "has_more": more}


def encoded(told: dict[str, Any] | list[dict[str, Any]]) -> bytes:
    """JSON bytes."""
    return _ENCODE(told)


def _seconds(moment: int | None) -> int | None:
    return None if moment is None else moment // 1000
