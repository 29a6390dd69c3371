"""Signatures are those that Amazon's own signer makes."""

from datetime import UTC, datetime

from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import ReadOnlyCredentials
from hypothesis import given
from hypothesis import strategies as st

from gateway.errors import Header
from gateway.signing.sigv4 import Credentials, Signer, Unsigned

HOST = b"bedrock-runtime.us-east-1.amazonaws.com"
EXAMPLE = Credentials("AKIDEXAMPLE", "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY")
BODY = b'{"messages":[{"role":"user","content":[{"text":"hi"}]}]}'
HEADERS: tuple[Header, ...] = ((b"host", HOST), (b"content-type", b"application/json"))
CONVERSE = Unsigned(b"POST", b"/model/amazon.nova-lite-v1%3A0/converse", HEADERS, BODY)
NEW_YEAR = datetime(2026, 1, 1, tzinfo=UTC)


def test_the_published_request_gets_the_published_signature() -> None:
    signed = dict(Signer("us-east-1").sign(CONVERSE, EXAMPLE, NEW_YEAR))
    assert signed == {
        b"x-amz-date": b"20260101T000000Z",
        b"authorization": b"AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20260101/us-east-1/bedrock/aws4_request, "
        b"SignedHeaders=content-type;host;x-amz-date, "
        b"Signature=c764851dd01b25482acb841d1989ed28c64cb394e8c8c11c4865d2b731ca54e5",
    }


def signed_by_amazon(request: Unsigned, credentials: Credentials, at: datetime, region: str) -> str:
    keys = ReadOnlyCredentials(credentials.key_id, credentials.secret, credentials.token)
    signer = SigV4Auth(keys, "bedrock", region)
    theirs = AWSRequest(
        request.method.decode(),
        f"https://{HOST.decode()}{request.path.decode()}",
        {name.decode(): value.decode() for name, value in request.headers},
        request.body,
    )
    theirs.context["timestamp"] = at.strftime("%Y%m%dT%H%M%SZ")
    signer._modify_request_before_signing(theirs)
    to_sign = signer.string_to_sign(theirs, signer.canonical_request(theirs))
    signer._inject_signature_to_request(theirs, signer.signature(to_sign, theirs))
    return str(theirs.headers["Authorization"])


segments = st.text("abz019-_.~%:+=@!$&'()*,;", min_size=1, max_size=12) | st.sampled_from(
    ["..", ".", "arn%3Aaws%3Abedrock", "a%2Fb"]
)
paths = st.lists(segments, max_size=4).map(lambda parts: "/" + "/".join(parts))
queries = st.lists(
    st.tuples(st.text("abAB09-_.~%", min_size=1, max_size=4), st.text("ab09%", max_size=4)), max_size=3
).map(lambda pairs: "&".join("=".join(pair) for pair in pairs))
tokens = st.text("ABCabc019+/=", min_size=1, max_size=30)
amz = st.lists(
    st.tuples(st.from_regex(r"x-amz-[a-z]{1,8}-[a-z]{1,8}", fullmatch=True), tokens),
    max_size=2,
    unique_by=lambda header: header[0],
)


@given(
    st.sampled_from([b"GET", b"POST"]),
    paths,
    queries,
    amz,
    st.binary(max_size=40),
    st.builds(Credentials, tokens, tokens, st.none() | tokens),
    st.integers(1_420_070_400, 4_102_444_800).map(lambda seconds: datetime.fromtimestamp(seconds, UTC)),
    st.sampled_from(["us-east-1", "eu-central-1"]),
)
def test_every_request_is_signed_as_amazons_signer_does(
    method: bytes,
    path: str,
    query: str,
    more: list[tuple[str, str]],
    body: bytes,
    credentials: Credentials,
    at: datetime,
    region: str,
) -> None:
    headers = HEADERS + tuple((name.encode(), value.encode()) for name, value in more)
    target = f"{path}?{query}" if query else path
    request = Unsigned(method, target.encode(), headers, body)
    ours = dict(Signer(region).sign(request, credentials, at))
    assert ours[b"authorization"].decode() == signed_by_amazon(request, credentials, at, region)
    assert ours.get(b"x-amz-security-token") == (credentials.token and credentials.token.encode())


@given(
    st.lists(st.tuples(st.sampled_from([EXAMPLE, Credentials("B", "other")]), st.integers(1, 3)), max_size=6)
)
def test_a_key_that_is_kept_signs_like_a_new_one(calls: list[tuple[Credentials, int]]) -> None:
    kept = Signer("us-east-1")
    for credentials, day in calls:
        at = NEW_YEAR.replace(day=day)
        assert kept.sign(CONVERSE, credentials, at) == Signer("us-east-1").sign(CONVERSE, credentials, at)


def test_headers_that_hops_change_are_not_signed() -> None:
    more = Unsigned(b"POST", CONVERSE.path, (*HEADERS, (b"user-agent", b"x"), (b"accept", b"y")), BODY)
    signer = Signer("us-east-1")
    assert signer.sign(more, EXAMPLE, NEW_YEAR) == signer.sign(CONVERSE, EXAMPLE, NEW_YEAR)


def test_no_secret_is_ever_shown() -> None:
    shown = repr(Credentials("AKID", "hush", "token-hush"))
    assert "AKID" in shown and "hush" not in shown
