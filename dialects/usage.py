"""How many tokens of which class an attempt used, according to its vendor."""

import msgspec


class Usage(msgspec.Struct, frozen=True, gc=False, array_like=True):
    """Token counts in OpenAI's convention: `input` includes cached ones, `output` includes reasoning.

    `cached_read`, `cache_write`, `input_audio` and `input_image` are parts of `input`, `cache_write_1h` is
    one of `cache_write`, `cached_audio` one of both `cached_read` and `input_audio`; `reasoning`,
    `output_audio` and `output_image` are parts of `output`.
    """

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
    """The same for a vendor that also reports the cost, which is not stored with it."""

    @classmethod
    def of(cls, usage: Usage, nano: int) -> "Told":
        """These tokens at so many nano-dollars."""
        told = cls(*msgspec.structs.astuple(usage))
        msgspec.structs.force_setattr(told, "_nano", nano)
        return told

    @property
    def nano(self) -> int:
        """Dollars by 10⁻⁹."""
        found: int = self.__dict__["_nano"]
        return found
