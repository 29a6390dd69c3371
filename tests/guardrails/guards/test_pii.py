"""Personal data is found by its form, and what only looks like it is left."""

import time
from types import MappingProxyType
from typing import Any

import pytest

from config.catalog import GuardFacts
from guardrails.guard import Segment
from guardrails.guards.pii import GUARD


def found(text: str, **settings: Any) -> list[tuple[str, str]]:
    """The types with the texts that are found."""
    raw = text.encode()
    guard = GUARD.build(GuardFacts("pii", "pii", **settings))
    findings = guard.inspect(Segment("input", raw))
    return [(each.kind, raw[each.start : each.end].decode()) for each in findings]


TRUTH = [
    ("write to Bob@Acme.example.", [("EMAIL", "Bob@Acme.example")]),
    ("a@xn--d1acufc.xn--p1ai", [("EMAIL", "a@xn--d1acufc.xn--p1ai")]),
    ("jürgen@müller.example", [("EMAIL", "jürgen@müller.example")]),
    ("john.doe [at] example [dot] com", [("EMAIL", "john.doe [at] example [dot] com")]),
    ("it is john(at)example.com", [("EMAIL", "john(at)example.com")]),
    ("john@example(dot)com", [("EMAIL", "john@example(dot)com")]),
    ("j dot doe at mail dot example dot com", [("EMAIL", "j dot doe at mail dot example dot com")]),
    ("my email: jdoe at example dot com", [("EMAIL", "jdoe at example dot com")]),
    ("look at google dot com, they said", []),
    ("mail jane . doe @ gmail . com", [("EMAIL", "jane . doe @ gmail . com")]),
    ("jane.doe＠example.com", [("EMAIL", "jane.doe＠example.com")]),
    ("y = x @ w.weight", []),
    ("see row[at].com [dot] one", []),
    ("write to 221B Baker Street, London", [("ADDRESS", "221B Baker Street")]),
    ("Call me on 01 23 45 67 89", [("PHONE", "01 23 45 67 89")]),
    ("count 01 23 45 67 89", []),
    ("https://user:pass@example.com/x", [("URL_CREDENTIALS", "https://user:pass@example.com/x")]),
    ("postgres://user:pass@localhost:5432/db", []),
    ("postgres://postgres:postgres@db:5432/app", []),
    ("postgres://user:${PASSWORD}@db.example.com/x", []),
    ("git clone git@github.com:acme/site.git", []),
    ("getty@tty1.service and types/node@18.0.0", []),
    ("call (415) 555-0132 now", [("PHONE", "(415) 555-0132")]),
    ("it is +49 30 1234567", [("PHONE", "+49 30 1234567")]),
    ("fax 020 7946 0958 x12", [("PHONE", "020 7946 0958 x12")]),
    ("Phone: 467 3395", [("PHONE", "467 3395")]),
    ("on 2024-01-15 at 10:20:30", []),
    ("version 10.2.3.4 of 1.2.3", []),
    ("card 4012 8888 8888 1881", [("CARD", "4012 8888 8888 1881")]),
    ("371449635398431", [("CARD", "371449635398431")]),
    ("card 4012 8888 8888 1882", []),
    ("card 4012_8888_8888_1881", [("CARD", "4012_8888_8888_1881")]),
    ("my number is415-555-0132", [("PHONE", "415-555-0132")]),
    ("ssn 078-051123", [("US_SSN", "078-051123")]),
    ("12 4012 8888 8888 1881 12", [("CARD", "4012 8888 8888 1881")]),
    ("+49 30 1234567 4012 8888 8888 1881", [("PHONE", "+49 30 1234567"), ("CARD", "4012 8888 8888 1881")]),
    ("\\+49 30 1234567", [("PHONE", "+49 30 1234567")]),
    ("in 12 415-555-0132 33 there", [("PHONE", "415-555-0132")]),
    ("at 1748503543012 ms", []),
    ("GB29 NWBK 6016 1331 9268 19 is mine", [("IBAN", "GB29 NWBK 6016 1331 9268 19")]),
    ("GB29 NWBK 6016 1331 9268 18", []),
    ("routing 121042882", [("ROUTING", "121042882")]),
    ("order 121042882 of", []),
    ("16Yeky6GMjeNkAiNcBY7ZhrLoMSgg1BoyZ", [("CRYPTO", "16Yeky6GMjeNkAiNcBY7ZhrLoMSgg1BoyZ")]),
    ("16Yeky6GMjeNkAiNcBY7ZhrLoMSgg1BoyZ2", []),
    ("from 192.168.0.1, in 10.0.0.0/8", [("IP", "192.168.0.1")]),
    ("121042882", [("ROUTING", "121042882")]),
    ("078051123", [("US_SSN", "078051123")]),
    ("[2001:db8::1]:80", [("IP", "2001:db8::1")]),
    ("std::cout at 12:34:56", []),
    ("01:23:45:67:89:AB", [("MAC", "01:23:45:67:89:AB")]),
    ("postgres://u:p4ss@db.example/x.", [("URL_CREDENTIALS", "postgres://u:p4ss@db.example/x")]),
    ("https://docs.example/a?b=c", []),
    ("my ssn is 078-05-1123", [("US_SSN", "078-05-1123")]),
    ("id 666-05-1123 x", []),
    ("tax 911-53-1234", [("US_ITIN", "911-53-1234")]),
    ("passport A12803456", [("PASSPORT", "A12803456")]),
    ("part A12803456 of it", []),
    ("nhs number 401 023 2137", [("UK_NHS", "401 023 2137")]),
    ("nino: PR 12 36 12 C", [("UK_NINO", "PR 12 36 12 C")]),
    ("meine Steuer-ID: 12345678903", [("DE_TAX_ID", "12345678903")]),
    ("born on 2/8/1935", [("BIRTH_DATE", "2/8/1935")]),
    ("released on 2/8/1935", []),
]


@pytest.mark.parametrize(("text", "expected"), TRUTH, ids=[text for text, _ in TRUTH])
def test_what_is_found(text: str, expected: list[tuple[str, str]]) -> None:
    assert found(text) == expected


@pytest.mark.parametrize(
    ("settings", "text", "expected"),
    [
        ({"types": ("card",)}, "a@b.example", []),
        ({"types": ("url",)}, "see acme.com/x", [("URL", "acme.com/x")]),
        ({"allow": ("@acme.example",)}, "a@acme.example b@other.example", [("EMAIL", "b@other.example")]),
        ({"patterns": MappingProxyType({"ticket": "ACME-[0-9]+"})}, "ACME-12", [("TICKET", "ACME-12")]),
        ({"words": ("Project Nightjar",)}, "project  nightjar's", [("WORD", "project  nightjar")]),
        ({"words": ("Zürich",)}, "in Zürich.", [("WORD", "Zürich")]),
        ({"countries": ("fi",)}, "hetu 131052-308T", [("FI_HETU", "131052-308T")]),
        ({"countries": ("fi",)}, "my ssn is 078-05-1123", []),
        ({"countries": ("uk",)}, "nino PR 12 36 12 C", [("UK_NINO", "PR 12 36 12 C")]),
        ({"thresholds": MappingProxyType({"passport": 0.2})}, "x A12803456 y", [("PASSPORT", "A12803456")]),
    ],
    ids=[
        "types",
        "a type of choice",
        "allow",
        "patterns",
        "words",
        "letters",
        "country",
        "not",
        "uk",
        "threshold",
    ],
)
def test_settings_decide(settings: dict[str, Any], text: str, expected: list[tuple[str, str]]) -> None:
    assert found(text, **settings) == expected


def test_a_type_that_nobody_knows_is_told_with_those_there_are() -> None:
    with pytest.raises(ValueError, match="'mail'; allowed: email, phone"):
        found("", types=("mail",))


@pytest.mark.parametrize("actions", ["mask", "redact", "block", "flag"])
def test_findings_want_what_the_settings_say(actions: Any) -> None:
    guard = GUARD.build(GuardFacts("pii", "pii", action=actions))
    assert [each.action for each in guard.inspect(Segment("input", b"a@b.example"))] == [actions]


JARGON = """
kubectl get pods -n kube-system -o wide --context arn:aws:eks:eu-west-1:123456789012:cluster/prod-blue
docker run --rm -p 8080:80 -e A=1
registry.example.com:5000/team/app@sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08
git clone git@github.com:acme/site.git && git checkout 3f786850e387550fdab836ed7e6dc881de23001b #
v1.24.3-rc.1
commit da39a3ee5e6b4b0d3255bfef95601890afd80709, tree 4b825dc642cb6eb9a060e54bf8d69288fbee4904, pr #12345
terraform: aws_instance.web[0] i-0abcd1234efgh5678, ami-0123456789abcdef0, vpc-1a2b3c4d,
subnet-0a1b2c3d4e5f67890
s3://bucket-name/2024/01/15/part-00000-4b2d.snappy.parquet 1705312800000 1705312800 2024-01-15T10:00:00.000Z
TRACE 550e8400-e29b-41d4-a716-446655440000 span=00f067aa0ba902b7 traceparent
00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01
std::vector<std::pair<int, int>> v; foo::bar(); crate::net::tcp; a::b::c; x ? y : z; #ff00aa; 0xDEADBEEF;
0x7ffee4c0b8a8
npm i @types/node@18.0.0 react@^18.2.0; pip install torch==2.3.1+cu121; go 1.22.0; Python 3.12.4; OpenSSL
3.0.13
systemctl status getty@tty1.service user@1000.service; /dev/sda1; chmod 0755; uid=1000(gid=1000); exit 137;
SIGKILL 9
ERROR 1045 (28000): Access denied; HTTP 429; RFC 7231; ISO 8601; port 5432; 10.5 ms; 99.95 %;
4,294,967,295; 1_000_000
SELECT id, ts FROM t WHERE id BETWEEN 100000000 AND 999999999 LIMIT 50 OFFSET 1000; -- 2147483647
9007199254740993
x = 3.141592653589793; y = 6.02214076e23; z = 1234567890.123456; mask 255; crc32 3421780262; seed 42;
16384/8192
model: gpt-4o-2024-08-06, claude-3-5-sonnet-20241022, text-embedding-3-large 3072, ctx 128000, top_p 0.95
build 20240115.3, ver. 10.0.19045.3930, release 115.0.5790.170, image tag 2024.01.15-1030, chart 4.10.1
cidr_blocks = ["10.0.0.0/16", "172.16.0.0/12", "192.168.0.0/24", "0.0.0.0/0"]; ingress ::/0; curl
http://127.0.0.1:9200/_cat
http://169.254.169.254/latest/meta-data/iam; listen 0.0.0.0:8080; netmask 255.255.255.0; docker0
172.17.0.0/16
postgres:16.2-alpine; quay.io/prometheus/node-exporter:v1.8.1; helm upgrade --version 61.3.2; jdk-21.0.3+9
vpce-0a1b2c3d4e5f67890 rtb-0123abcd sg-903004f8 acl-5fb85d36 eipalloc-64d5890a; E2QWRUHAPOMQZL;
AIDACKCEVSQ6C2EXAMPLE
operator<=>(); template<typename T, std::size_t N = 16> constexpr auto x = sizeof(T) << 3; a->b::c(d);
C++23;
UPDATE t SET total = 1234567.89 WHERE created_at > '2024-05-06 07:08:09.123456+00' AND id IN (100001,
100002);
LSN 16/B374D848; xid 123456789; GUID {6F9619FF-8B86-D011-B42D-00CF4FC964FF}; offset 0000000000368769;
partition 12
10:15:30.123 [http-nio-8080-exec-1] DEBUG o.s.web.servlet - GET "/v1/orders/10000042", 200 OK in 1234567 ns
nvcc 12.4.131; sm_90; kernel 5.15.0-105-generic; glibc-2.39; rustc 1.78.0 (9b00956e5 2024-04-29)
2024-W18-1; P3Y6M4DT12H30M5S; 20240506T070809Z; 1714979289.123456; RFC3339; Jan 02 15:04:05 2006; cron(0 12
* * ? *)
ISBN 978-3-16-148410-0; DOI 10.1038/s41586-020-2649-2; CVE-2021-44228; GHSA-jfh8-c2jp-5v3q; PR-1234567;
build #1234567890
Cron 0 */5 * * * ; @daily; TZ=UTC+02:00; 12:34:56.789; epoch 1700000000; ULID 01ARZ3NDEKTSV4RRFFQ69G5FAV
Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/120.0.0.0 Safari/537.36
Edg/120.0.0.0
"""


def test_the_words_of_programmers_are_no_personal_data() -> None:
    assert found(JARGON) == []


@pytest.mark.parametrize(
    "text",
    [
        "a" * 200_000 + "!",
        "a@" * 50_000,
        "1-" * 100_000,
        ":" * 200_000,
        "(" * 200_000,
        "a." * 100_000,
        "00:" * 60_000,
    ]
    + ["http://a:" * 20_000, "9 " * 100_000, "GB29" * 50_000, "<" * 100_000],
    ids=lambda text: text[:6],
)
def test_texts_that_ruin_backtracking_patterns_are_read_in_a_moment(text: str) -> None:
    guard = GUARD.build(GuardFacts("pii", "pii"))
    began = time.process_time()
    guard.inspect(Segment("input", text.encode()))
    assert time.process_time() - began < 20  # generous: a pattern that backtracks takes hours
