"""Addresses of machines are told from versions, times and paths."""

import pytest

from guardrails.personal.network import IPV4, IPV4_APART, IPV6, MAC, MAC_NAMED, URL, URL_CREDENTIALS
from guardrails.rules import Rule, Rules


@pytest.mark.parametrize(
    ("rule", "text", "found"),
    [
        (IPV4, "1.2.3.4.", "1.2.3.4"),
        (IPV4, "v1.2.3.4", ""),
        (IPV4, "256.1.1.1", ""),
        (IPV4, "1.2.3.04", ""),
        (IPV4, "+33.1.23.45.67.89", ""),
        (IPV4, "1.3.6.1.4.1.311.21.20 and 1.3.6.1.4", ""),
        (IPV4, "IP 81.2.69.142.443 > x", "81.2.69.142"),
        (IPV4, '"version": "4.17.21.1"', ""),
        (IPV4, 'AssemblyVersion("1.0.0.0")', ""),
        (IPV4, "<version>2.7.18.3</version>", ""),
        (IPV4, "Rev 3.1.2.7", ""),
        (IPV4, "the 4.1.0.5 release", ""),
        (IPV4, '"version": "1", "host": "81.2.69.142"', "81.2.69.142"),
        (IPV4, "81.2.69.1-81.2.69.9", "81.2.69.1 81.2.69.9"),
        (IPV4, "192.168.1.10-20", "192.168.1.10"),
        (IPV4, "x-81.2.69.9", ""),
        (IPV4, "IP-81.2.69.1, ip_81.2.69.2, IP81.2.69.3", "81.2.69.1 81.2.69.2 81.2.69.3"),
        (IPV4, "ship_81.2.69.1", ""),
        (IPV4, "10.0.0.0/8, 172.16.0.0/12 and 203.0.113.0/24", ""),
        (IPV4, "Chrome/120.0.0.0 Safari/537.36", ""),
        (IPV4, "at http://81.2.69.142/x", "81.2.69.142"),
        (IPV4, "GET /hosts/81.2.69.142", "81.2.69.142"),
        (IPV4, "the host 10.1.2.3/8", "10.1.2.3/8"),
        (IPV4, "the range 81.2.69.0/24", "81.2.69.0/24"),
        (IPV4, "curl 127.0.0.1:8080 or 0.0.0.0:80", ""),
        (IPV4, "from 127.0.0.1 alone", "127.0.0.1"),
        (IPV4, "http://169.254.169.254/latest/meta-data", ""),
        (IPV4_APART, "from 81[.]2[.]69[.]142, they say", "81[.]2[.]69[.]142"),
        (IPV4_APART, "from 81.2.69[.]142", "81.2.69[.]142"),
        (IPV4_APART, "v[.] 1.2.3.4", ""),
        (IPV4_APART, "81[.]2[.]69[.]300", ""),
        (IPV6, "::ffff:172.16.0.1", "::ffff:172.16.0.1"),
        (IPV6, "2001:db8::/32.", "2001:db8::/32"),
        (IPV6, "2001:db8::/999", "2001:db8::"),
        (IPV6, "fe80::1text", ""),
        (IPV6, "The unspecified address is ::.", "::"),
        (IPV6, "address :: Text", ""),
        (IPV6, "server ::\n  Port -> IO ()", ""),
        (IPV6, "std::vector ::", ""),
        (IPV6, "abc::def", ""),
        (IPV6, "2001::db8::1", ""),
        (IPV6, "x[::2], y[1::2], z[:, ::3], w[a::2]", ""),
        (IPV6, "[::2]:80 and peer[fe80::1]", "::2 fe80::1"),
        (MAC, "0012.3456.789a", "0012.3456.789a"),
        (MAC, "00:00:00:00:00:00", ""),
        (MAC, "01:23:45:67:89:AB:CD", ""),
        (MAC, "backup of 26-01-02-10-22-33, 1234.5678.9012", ""),
        (MAC, "mac 26-01-02-10-22-33", "26-01-02-10-22-33"),
        (MAC_NAMED, "ether 0:1a:2b:3c:4d:5e brd ff:ff:ff:ff:ff:ff", "0:1a:2b:3c:4d:5e"),
        (MAC_NAMED, "mac address 001A2B3C4D5E", "001A2B3C4D5E"),
        (MAC_NAMED, "ether 0:1a:2b:3c:4d:5e", "0:1a:2b:3c:4d:5e"),
        (MAC_NAMED, "MAC 00 1A 2B 3C 4D 5E", "00 1A 2B 3C 4D 5E"),
        (MAC_NAMED, "commit 001A2B3C4D5E", ""),
        (URL, "(see http://a.example/x).", "http://a.example/x"),
        (URL, "mail@acme.com", ""),
        (URL_CREDENTIALS, "redis://:s3cr3t@cache:6379/0", "redis://:s3cr3t@cache:6379/0"),
        (URL_CREDENTIALS, "postgres://user:${PASSWORD}@db/x", ""),
        (URL_CREDENTIALS, "https://user@host/x", ""),
    ],
)
def test_what_is_an_address(rule: Rule, text: str, found: str) -> None:
    matches = Rules([rule]).scan(text.encode())
    assert " ".join(text[each.start : each.end] for each in matches) == found
