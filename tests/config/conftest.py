"""A handful of vendor kinds, so that messages in these tests do not change with each new vendor."""

from collections.abc import Callable

import pytest

from config.catalog import Loaded
from config.compile import compile_document
from config.kinds import VendorKind
from config.references import References

KINDS = {
    "azure-openai": VendorKind(
        "azure-openai",
        "Azure OpenAI",
        None,
        ("AZURE_OPENAI_API_KEY",),
        auth_header="api-key",
        api_version="2024-10-21",
    ),
    "groq": VendorKind("groq", "Groq", "https://api.groq.com/openai/v1", ("GROQ_API_KEY",)),
    "openai": VendorKind(
        "openai", "OpenAI", "https://api.openai.com/v1", ("OPENAI_API_KEY",), bare_models=("gpt-*", "o1")
    ),
    "openai-like": VendorKind("openai-like", "an OpenAI-compatible server", key_required=False),
    "sim": VendorKind("sim", "Built-in simulator", key_required=False, free=True),
}
ENVIRON = {
    "OPENAI_API_KEY": "sk-from-the-environment",
    "EMPTY": "",
    "PORT": "9000",
    "HOST_NAME": "models.local",
}
FILES = {
    "/etc/signalbox/key": b"sk-from-a-file\n",
    "/etc/signalbox/empty": b"\n",
    "/etc/signalbox/binary": b"\xff\xfe",
    "/run/secrets/url": b"postgresql://signalbox:secret@db/signalbox",
    "/etc/signalbox/ca.pem": b"-----BEGIN CERTIFICATE-----",
}


def read(path: str) -> bytes:
    """A file system of five files."""
    if path not in FILES:
        raise FileNotFoundError(2, "No such file or directory", path)
    return FILES[path]


@pytest.fixture
def kinds() -> dict[str, VendorKind]:
    return KINDS


@pytest.fixture
def load() -> Callable[[str | bytes], Loaded]:
    """Compile a document with the kinds, the environment and the files above."""

    def compiled(document: str | bytes) -> Loaded:
        data = document.encode() if isinstance(document, str) else document
        return compile_document(data, "signalbox.yaml", KINDS, References(ENVIRON, "/etc/signalbox", read))

    return compiled
