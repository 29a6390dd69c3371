"""The tokens of each class that an attempt used, according to its vendor."""

from typing import ClassVar, NamedTuple

import msgspec


class Searches(NamedTuple):
    """How often a vendor searched for an answer, which some bill in addition to tokens."""

    web: int = 0
    files: int = 0  # searches of files that the caller stored at the vendor
    older: int = 0  # web searches with OpenAI's `web_search_preview`

    @classmethod
    def of(cls, web: int, files: int = 0, older: int = 0) -> "Searches | None":
        """None if there were none."""
        return cls(web, files, older) if web or files or older else None


class Usage(msgspec.Struct, frozen=True, gc=False, array_like=True):
    """Token counts in OpenAI's convention: `input` includes cached ones, `output` includes reasoning.

    `cached_read`, `cache_write`, `input_audio` and `input_image` are parts of `input`, `cache_write_1h` is
    part of `cache_write`, and `cached_audio` of both `cached_read` and `input_audio`; `reasoning`,
    `output_audio` and `output_image` are parts of `output`. `nano` is the cost that the vendor reported, in
    nano-dollars; None: not reported.
    """

    nano: ClassVar[int | None] = None

    input: int = 0
    output: int = 0
    cached_read: int = 0
    cache_write: int = 0
    reasoning: int = 0
    input_audio: int = 0
    output_audio: int = 0
    # At the end, with defaults, so that lines spooled by an earlier version can still be read.
    cache_write_1h: int = 0  # written with a TTL of one hour, for which some vendors charge more
    input_image: int = 0
    output_image: int = 0
    cached_audio: int = 0


class Told(Usage, frozen=True, gc=True, array_like=True, dict=True):
    """Usage with the cost that its vendor reported ("told"), which is not stored with it.

    A copy with other counts has no cost, since the cost was for these counts.
    """

    @classmethod
    def of(cls, usage: Usage, nano: int) -> "Told":
        """These tokens at so many nano-dollars."""
        told = cls(*msgspec.structs.astuple(usage))
        msgspec.structs.force_setattr(told, "_nano", nano)
        return told

    @property
    def nano(self) -> int | None:  # type: ignore[override]
        """The cost in nano-dollars."""
        return self.__dict__.get("_nano")


def recounted(usage: Usage, **counts: int) -> Usage:
    """The usage with other counts, but the cost that the vendor reported."""
    changed = msgspec.structs.replace(usage, **counts)
    return changed if usage.nano is None else Told.of(changed, usage.nano)
