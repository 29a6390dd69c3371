"""What a body names at a vendor is found wherever it stands."""

import pytest

from gateway.errors import BadRequest
from gateway.relaying.naming import files_in, id_of, made_in


@pytest.mark.parametrize(
    ("body", "files"),
    [
        (b"", []),
        (b'{"input_file_id": "a", "metadata": {"x": "b"}}', ["a"]),
        (b'{"file_ids": ["a", "b"], "name": "c"}', ["a", "b"]),
        (b'{"files": [{"file_id": "b"}, {"file_id": "a"}]}', ["a", "b"]),
        (b'{"training_file": "a", "validation_file": null}', ["a"]),
        (b'{"filter": {"output_file_id": "a"}}', ["a"]),
    ],
)
def test_files_are_found_wherever_a_body_names_them(body: bytes, files: list[str]) -> None:
    assert files_in(body) == files


@pytest.mark.parametrize("body", [b"{", b"\xff", b"[" * 5000])
def test_a_body_that_cannot_be_read_is_refused(body: bytes) -> None:
    with pytest.raises(BadRequest):
        files_in(body)


def test_what_was_made_of_things_is_found_in_lists_too() -> None:
    told = [{"output_file_id": "b", "error_file_id": None}, {"result_files": ["c", "a"]}, 1]
    assert made_in(told) == ["a", "b", "c"]
    assert [id_of(each) for each in ({"id": "a"}, {"id": 1}, [])] == ["a", "", ""]
