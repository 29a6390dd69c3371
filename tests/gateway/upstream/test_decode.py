"""Codings are undone within a bound, wherever the network cuts."""

import gzip
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.upstream.decode import DecodedTooLarge, DecodingFailed, decoder_for


def deflate_raw(data: bytes) -> bytes:
    packer = zlib.compressobj(wbits=-zlib.MAX_WBITS)
    return packer.compress(data) + packer.flush()


ENCODERS = {
    b"gzip": gzip.compress,
    b"GZIP ": gzip.compress,
    b"x-gzip": lambda data: gzip.compress(data[:3]) + gzip.compress(data[3:]),
    b"deflate": zlib.compress,
    b"Deflate": deflate_raw,
    b"identity": bytes,
    b"none": bytes,  # which some servers say, as they do the next
    b"UTF-8": bytes,
    b"": bytes,
    b"identity, gzip": gzip.compress,
    None: bytes,
}


@given(
    encoding=st.sampled_from(list(ENCODERS)),
    data=st.binary(min_size=0, max_size=200),
    cuts=st.lists(st.integers(0, 300), max_size=6),
)
def test_decoding_undoes_encoding_wherever_it_is_cut(encoding, data, cuts):
    wire = ENCODERS[encoding](data)
    edges = [0, *sorted(min(cut, len(wire)) for cut in cuts), len(wire)]
    decoder = decoder_for(encoding, len(data))
    decoded = b"".join(decoder.feed(wire[a:b]) for a, b in zip(edges, edges[1:], strict=False))
    decoder.finish()
    assert decoded == data


@pytest.mark.parametrize("encoding", list(ENCODERS), ids=str)
def test_a_bomb_stops_at_the_bound(encoding):
    decoder = decoder_for(encoding, 1000)
    with pytest.raises(DecodedTooLarge):
        decoder.feed(ENCODERS[encoding](bytes(10_000_000)))


def test_a_bomb_of_tiny_members_is_refused():
    with pytest.raises(DecodingFailed, match="members"):
        decoder_for(b"gzip", 10**6).feed(gzip.compress(b"") * 1000)


@pytest.mark.parametrize("encoding", [b"gzip", b"deflate"])
def test_a_cut_body_is_an_error(encoding):
    decoder = decoder_for(encoding, 1000)
    decoder.feed(ENCODERS[encoding](b"hello hello")[:-3])
    with pytest.raises(DecodingFailed, match="middle"):
        decoder.finish()


@pytest.mark.parametrize(("encoding", "named"), [(b"br", "'br'"), (b"gzip, zstd", "'gzip, zstd'")])
def test_a_coding_that_is_not_read_is_named(encoding, named):
    with pytest.raises(DecodingFailed, match=named):
        decoder_for(encoding, 1000)


@given(data=st.binary(max_size=100), encoding=st.sampled_from([b"gzip", b"deflate"]))
def test_noise_is_an_error_and_never_another_one(data, encoding):
    decoder = decoder_for(encoding, 1000)
    try:
        decoder.feed(data)
        decoder.finish()
    except (DecodingFailed, DecodedTooLarge):
        pass
