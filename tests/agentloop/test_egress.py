"""Where no tool may connect to: over a hundred ways to write it, and not one that passes."""

from ipaddress import ip_network

import pytest

from agentloop.egress import Egress, Forbidden

OPEN = Egress(frozenset(["tools.example.com:443", "169.254.169.254:80", "metadata.google.internal:443"]))
INSIDE = Egress(frozenset(["desk.internal:8080", "desk.internal:443"]), (ip_network("10.20.0.0/16"),))

ADDRESSES = """
0.0.0.0 0.1.2.3 10.0.0.1 10.255.255.255 100.64.0.1 100.100.100.200 127.0.0.1 127.1.2.3 127.255.255.254
169.254.0.1 169.254.169.254 169.254.170.2 172.16.0.1 172.31.255.254 192.0.0.1 192.0.0.192 192.0.2.1
192.168.0.1 192.168.255.1 198.18.0.1 198.51.100.7 203.0.113.9 224.0.0.1 239.255.255.255 240.0.0.1
255.255.255.255 :: ::1 ::ffff:127.0.0.1 ::ffff:10.0.0.1 ::ffff:169.254.169.254 ::ffff:192.168.1.1
64:ff9b::7f00:1 64:ff9b::a00:1 64:ff9b::a9fe:a9fe 64:ff9b:1::1 100::1 2001:db8::1 2001::1 2001:10::1
2002:7f00:1:: 2002:a00:1:: 2002:a9fe:a9fe:: 2002:c0a8:101:: fc00::1 fd00::1 fd00:ec2::254 fe80::1
168.63.129.16 ::ffff:168.63.129.16 64:ff9b::a83f:8110 fd20:ce::254 fd00:ec2::23 ::93.184.216.34
3fff::1 5f00::1 192.0.0.8 192.0.0.11 192.0.0.255 192.88.99.1 2002:c058:6301:: ::ffff:0:127.0.0.1
::ffff:0:a9fe:a9fe ::ffff:0:8.8.8.8 64:ff9b:0:0:1::1 100:0:0:1::1
2606:4700::5efe:7f00:1 2606:4700::200:5efe:a9fe:a9fe 3ffe::1 200::1 400::1 1::1 4000::1 8000::1 e000::1
fe80::1%eth0 fec0::1 ff02::1 ff0e::1 2001:0:a00:1:0:0:80ff:fffe
""".split()

URLS = """
http://tools.example.com/ http://tools.example.com:443/ ftp://tools.example.com/ file:///etc/passwd
gopher://tools.example.com/ https://tools.example.com:444/ https://tools.example.com:22/ https:///x
https://tools.example.com.evil.com/ https://evil.com/ https://evil.com#tools.example.com
https://evil.com/?tools.example.com https://tools.example.com@evil.com/ https://evil.com@tools.example.com/
https://user:secret@tools.example.com/ https://tools.example.com:443@evil.com/ https://[::1]/ https://127.0.0.1/
https://127.1/ https://2130706433/ https://0x7f000001/ https://0177.0.0.1/ https://localhost/
https://tools.example.com.:444/ https://xn--tols-example.com/ https://tools.example.com%2eevil.com/
https://tools.example.com\\@evil.com/ https://tools.example.com:99999/ https://tools.example.com:x/
//tools.example.com/ tools.example.com javascript:alert(1) data:text/plain,x https://metadata.google.internal/
https://169.254.169.254/ https://[fd00:ec2::254]/ https://[::ffff:169.254.169.254]/ https://[tools.example.com]/
https://.tools.example.com/ ldap://tools.example.com/ https://TOOLS.example.com.evil/
dict://tools.example.com:443/ ws://tools.example.com/ wss://tools.example.com/ https://10.20.0.1/
https://a.tools.example.com/ https://tools-example.com/ https://example.com/ https://tools.example.co/
https://tools.example.comm/ https://tools.example.com:80/ https://tools.example.com:0443x/ https://:443/
https://metadata/ https://metadata.goog/ https://instance-data/ unix:///var/run/docker.sock
""".split()


@pytest.mark.parametrize("address", ADDRESSES)
def test_an_address_that_is_not_public_is_refused_also_beside_a_public_one(address):
    for addresses in ([address], ["93.184.216.34", address], [address, "93.184.216.34"]):
        with pytest.raises(Forbidden):
            OPEN.pinned(addresses, tls=True)


@pytest.mark.parametrize("url", URLS)
def test_a_url_that_is_not_the_servers_own_is_refused(url):
    with pytest.raises(Forbidden):
        host, port, tls = OPEN.place(url)
        OPEN.pinned(["93.184.216.34"], tls=tls)


def test_there_are_over_a_hundred_of_them():
    assert len(set(ADDRESSES)) + len(set(URLS)) > 100


@pytest.mark.parametrize("address", ["93.184.216.34", "8.8.8.8", "2606:4700:4700::1111"])
def test_a_public_address_is_reached_by_tls_alone(address):
    assert OPEN.pinned([address], tls=True) == address
    with pytest.raises(Forbidden, match="http://"):
        OPEN.pinned([address], tls=False)


def test_a_private_network_is_reached_where_it_is_listed_and_no_other():
    assert INSIDE.place("http://desk.internal:8080/x?y") == ("desk.internal", 8080, False)
    assert INSIDE.pinned(["10.20.3.4"], tls=False) == "10.20.3.4"
    assert INSIDE.pinned(["::ffff:10.20.3.4"], tls=False)
    for address in ("10.21.0.1", "127.0.0.1", "::1"):
        with pytest.raises(Forbidden, match="private"):
            INSIDE.pinned([address], tls=False)


def test_a_name_that_stands_for_nothing_is_refused():
    with pytest.raises(Forbidden):
        OPEN.pinned([], tls=True)
    with pytest.raises(Forbidden):
        OPEN.pinned(["not an address"], tls=True)
