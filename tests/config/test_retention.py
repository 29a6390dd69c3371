"""What is kept, as facts."""

from base64 import b64encode
from types import MappingProxyType

from config.retention import ContentKey, KeepPolicy, RetentionFacts
from config.secret import Secret


def test_only_two_ways_of_keeping_concern_what_was_said() -> None:
    assert [each for each in ("off", "metadata", "masked", "full") if KeepPolicy(each).contents] == [
        "masked",
        "full",
    ]
    assert not RetentionFacts(teams=MappingProxyType({"a": KeepPolicy("off")})).contents
    assert RetentionFacts(teams=MappingProxyType({"a": KeepPolicy("off"), "b": KeepPolicy("full")})).contents


def test_a_key_does_not_print_itself() -> None:
    key = ContentKey("first", Secret(b64encode(b"k" * 32).decode(), "env K"))
    assert key.value == b"k" * 32
    assert key.secret.value not in repr(key)
