"""How many tokens of which class an attempt used, according to its vendor."""

from typing import ClassVar, NamedTuple

import msgspec


class Searches(NamedTuple):
    """How often a vendor searched for an answer, which some bill beside its tokens."""

    web: int = 0
    files: int = 0  # that the caller keeps there
    older: int = 0  # of the web, with OpenAI's `web_search_preview`

    @classmethod
    def of(cls, web: int, files: int = 0, older: int = 0) -> "Searches | None":
        """None where there was none."""
        return cls(web, files, older) if web or files or older else None


class Usage(msgspec.Struct, frozen=True, gc=False, array_like=True):
    """Token counts in OpenAI's convention: `input` includes cached ones, `output` includes reasoning.

    `cached_read`, `cache_write`, `input_audio` and `input_image` are parts of `input`, `cache_write_1h` is
    one of `cache_write`, `cached_audio` one of both `cached_read` and `input_audio`; `reasoning`,
    `output_audio` and `output_image` are parts of `output`. `nano` is what the vendor says that they cost, in
    nano-dollars; None: it says nothing.
    """

    nano: ClassVar[int | None] = None

    input: int = 0
    output: int = 0
    cached_read: int = 0
    cache_write: int = 0
    reasoning: int = 0
    input_audio: int = 0
    output_audio: int = 0
    # At the end, with defaults, so that lines spooled by an earlier version are still read.
    cache_write_1h: int = 0  # written to be kept for an hour, which some charge more for
    input_image: int = 0
    output_image: int = 0
    cached_audio: int = 0


class Told(Usage, frozen=True, gc=True, array_like=True, dict=True):
    """The same for a vendor that also reports the cost, which is not stored with it.

    A copy with other counts has no cost any more: it was that of these.
    """

    @classmethod
    def of(cls, usage: Usage, nano: int) -> "Told":
        """These tokens at so many nano-dollars."""
        told = cls(*msgspec.structs.astuple(usage))
        msgspec.structs.force_setattr(told, "_nano", nano)
        return told

    @property
    def nano(self) -> int | None:  # type: ignore[override]
        """Dollars by 10⁻⁹."""
        return self.__dict__.get("_nano")


def recounted(usage: Usage, **counts: int) -> Usage:
    """With other counts, for what the vendor said that it takes."""
    changed = msgspec.structs.replace(usage, **counts)
    return changed if usage.nano is None else Told.of(changed, usage.nano)
