"""How many tokens of which class a vendor says an attempt used."""

import msgspec


class Usage(msgspec.Struct, frozen=True, gc=False, array_like=True):
    """Token counts in OpenAI's convention: `input` includes cached ones, `output` includes reasoning.

    `cached_read`, `cache_write` and `input_audio` are parts of `input`;
    `reasoning` and `output_audio` are parts of `output`.
    """

    input: int = 0
    output: int = 0
    cached_read: int = 0
    cache_write: int = 0
    reasoning: int = 0
    input_audio: int = 0
    output_audio: int = 0
