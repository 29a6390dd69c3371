"""Counts are tiktoken's own, without any network, and a file that is not the published one is refused."""

import gzip
from pathlib import Path

import pytest

from dialects.openai import vocabulary
from dialects.openai.vocabulary import count, vocabulary_of

# As tiktoken itself counts them.
TABLE = [
    ("cl100k_base", "hello world", 2),
    ("cl100k_base", "tiktoken is great!", 6),
    ("o200k_base", "hello world", 2),
    ("o200k_base", "tiktoken is great!", 6),
    ("cl100k_base", "", 0),
    ("o200k_base", "<|endoftext|>", 7),
]


@pytest.mark.parametrize(("name", "text", "tokens"), TABLE)
def test_a_text_has_so_many_tokens(name: str, text: str, tokens: int) -> None:
    assert count(name, [text]) == tokens


def test_chinese_takes_more_than_a_quarter_of_its_bytes() -> None:
    text = "今天天气很好，我们去公园散步吧。" * 20
    assert len(text) / 4 < count("o200k_base", [text]) <= len(text.encode())


@pytest.mark.parametrize(
    ("model", "name"),
    [
        ("gpt-4o-mini", "o200k_base"),
        ("gpt-5", "o200k_base"),
        ("gpt-4-0613", "cl100k_base"),
        ("text-embedding-3-small", "cl100k_base"),
        ("davinci", None),
        ("claude-sonnet-4-5", None),
    ],
)
def test_the_vocabulary_of_a_model(model: str, name: str | None) -> None:
    assert vocabulary_of(model) == name


def test_a_list_that_was_changed_is_not_used(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "o200k_base.tiktoken.gz").write_bytes(gzip.compress(b"aGVsbG8= 0\n"))
    monkeypatch.setattr(vocabulary, "_FOLDER", tmp_path)
    vocabulary._encoding.cache_clear()
    with pytest.raises(ValueError, match="the published list has"):
        count("o200k_base", ["x"])
    vocabulary._encoding.cache_clear()


def test_both_lists_together_are_small() -> None:
    folder = Path(vocabulary.__file__).parent / "vocabularies"
    assert sum(file.stat().st_size for file in folder.iterdir()) <= 2_500_000
