"""Where a vendor listens is read from its URL, or refused with a reason."""

import pytest

from gateway.upstream.origin import Origin, Proxy

URLS = {
    "https": ("https://api.example.com/v1", "https", "api.example.com", 443, "api.example.com"),
    "http": ("http://localhost:11434", "http", "localhost", 11434, "localhost:11434"),
    "the scheme's own port": ("http://h:80/", "http", "h", 80, "h"),
    "IPv6": ("http://[::1]:8080", "http", "::1", 8080, "[::1]:8080"),
    "upper case": ("HTTPS://API.Example.com", "https", "api.example.com", 443, "api.example.com"),
}


@pytest.mark.parametrize(("url", "scheme", "host", "port", "authority"), URLS.values(), ids=URLS.keys())
def test_a_url_gives_its_origin(url, scheme, host, port, authority):
    origin = Origin.of(url)
    assert (origin.scheme, origin.host, origin.port, origin.authority) == (scheme, host, port, authority)


BAD = {
    "no scheme": ("api.example.com", "scheme"),
    "another scheme": ("ftp://h", "'ftp'"),
    "no host": ("https://", "no host"),
    "port too large": ("http://h:99999", "Port"),
    "port zero": ("http://h:0", "port 0"),
    "a line break": ("http://h\r\n.x", "control"),
    "a space": ("http://h x", "space"),
    "a name in another script": ("http://bücher.example", "non-ASCII"),
    "a password": ("https://user:hunter2@h", "credentials"),
}


@pytest.mark.parametrize(("url", "reason"), BAD.values(), ids=BAD.keys())
def test_a_bad_url_is_refused_with_its_reason(url, reason):
    with pytest.raises(ValueError, match=reason) as refused:
        Origin.of(url)
    assert "hunter2" not in str(refused.value)


OPTIONS = {
    "no connections": ({"max_connections": 0}, "max_connections"),
    "key without certificate": ({"client_key": "k.pem"}, "client_cert"),
    "proxy that speaks TLS": ({"proxy": "https://p"}, "proxy"),
}


@pytest.mark.parametrize(("options", "reason"), OPTIONS.values(), ids=OPTIONS.keys())
def test_options_that_cannot_work_are_refused(options, reason):
    with pytest.raises(ValueError, match=reason):
        Origin.of("https://h", **options)


def test_a_proxy_keeps_its_credentials_out_of_its_name():
    proxy = Proxy.of("http://us%40er:p%3Aw@proxy.local:3128")
    assert proxy.authorization == b"Basic dXNAZXI6cDp3"
    assert str(proxy) == "proxy proxy.local:3128"
