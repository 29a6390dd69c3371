"""Certificates are always verified, and files that cannot be used are named at load."""

import ssl

import pytest

from gateway.upstream import TlsFailed, build_head
from gateway.upstream.origin import Origin
from gateway.upstream.tls import context_for
from tests.gateway.upstream.scripts import AMPLE

GET = build_head("GET", "/", [("host", "v")])


async def answering(wire):
    while await wire.request():
        await wire.send(b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok")


def test_plain_http_needs_no_context():
    assert context_for(Origin.of("http://h")) is None


def test_verification_is_on_and_old_versions_are_off(ca_file):
    context = context_for(Origin.of("https://h", ca_file=ca_file))
    assert context.verify_mode is ssl.CERT_REQUIRED and context.check_hostname
    assert context.minimum_version >= ssl.TLSVersion.TLSv1_2
    assert len(context.get_ca_certs()) == 1  # the file replaces the system's CAs


BAD = {
    "missing CA file": ({"ca_file": "/nowhere/ca.pem"}, "ca_file /nowhere/ca.pem"),
    "CA file that is none": ({"ca_file": __file__}, "ca_file .*test_tls"),
    "missing certificate": ({"client_cert": "/nowhere/c.pem"}, "client_cert /nowhere/c.pem"),
    "certificate that is none": ({"client_cert": __file__}, "client_cert .*test_tls"),
}


@pytest.mark.parametrize(("options", "said"), BAD.values(), ids=BAD.keys())
def test_a_file_that_cannot_be_used_is_named(options, said):
    with pytest.raises(ValueError, match=said):
        context_for(Origin.of("https://h", **options))


async def test_a_trusted_vendor_is_called_over_tls(vendor, upstream, ca_file, server_context):
    server = await vendor(answering, server_context("localhost"))
    pool = upstream(server.url("https", "localhost"), ca_file=ca_file)
    for _ in range(2):
        with await pool.send(GET, None, AMPLE) as response:
            assert await response.read() == b"ok"
    assert server.connections == 1


async def test_an_untrusted_certificate_is_refused(vendor, upstream, server_context):
    server = await vendor(answering, server_context("localhost"))
    with pytest.raises(TlsFailed, match="certificate") as refused:
        await upstream(server.url("https", "localhost")).send(GET, None, AMPLE)
    assert (refused.value.phase, refused.value.kind) == ("connect", "tls")


async def test_a_certificate_for_another_host_is_refused(vendor, upstream, ca_file, server_context):
    server = await vendor(answering, server_context("other.example"))
    with pytest.raises(TlsFailed, match="localhost"):
        await upstream(server.url("https", "localhost"), ca_file=ca_file).send(GET, None, AMPLE)


async def test_a_vendor_that_does_not_speak_tls_is_a_tls_failure(vendor, upstream, ca_file):
    async def plain(wire):
        await wire.send(b"HTTP/1.1 400 Bad Request\r\n\r\n")

    server = await vendor(plain)
    with pytest.raises(TlsFailed):
        await upstream(server.url("https"), ca_file=ca_file).send(GET, None, AMPLE)


@pytest.fixture
def mutual(authority, server_context):
    context = server_context("localhost")
    context.verify_mode = ssl.CERT_REQUIRED
    authority.configure_trust(context)
    return context


@pytest.fixture
def identity(authority, tmp_path):
    files = {"client_cert": tmp_path / "cert.pem", "client_key": tmp_path / "key.pem"}
    issued = authority.issue_cert("gateway.example")
    issued.cert_chain_pems[0].write_to_path(files["client_cert"])
    issued.private_key_pem.write_to_path(files["client_key"])
    return {option: str(path) for option, path in files.items()}


async def test_a_client_certificate_is_shown(vendor, upstream, ca_file, mutual, identity):
    server = await vendor(answering, mutual)
    pool = upstream(server.url("https", "localhost"), ca_file=ca_file, **identity)
    with await pool.send(GET, None, AMPLE) as response:
        assert await response.read() == b"ok"


async def test_a_vendor_that_wants_a_certificate_we_do_not_have_refuses_us(vendor, upstream, ca_file, mutual):
    async def says_why(wire):  # asyncio's own server closes without sending its alert
        incoming, outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
        session = mutual.wrap_bio(incoming, outgoing, server_side=True)
        refused = False
        while not refused:
            incoming.write(await wire.reader.read(65536))
            try:
                session.do_handshake()
            except ssl.SSLWantReadError:
                pass
            except ssl.SSLError:
                refused = True
            await wire.send(outgoing.read())

    server = await vendor(says_why)
    # With TLS 1.3 the refusal arrives after our handshake is done, as the answer to the request.
    with pytest.raises(TlsFailed, match="(?i)certificate"):
        await upstream(server.url("https", "localhost"), ca_file=ca_file).send(GET, None, AMPLE)
