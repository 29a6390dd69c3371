"""The schema and its manual say the same."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from pydantic import BaseModel

from config.catalog import Deadlines, Settings
from config.compile import compile_document
from config.discover import discover
from config.kinds import VendorKind
from config.references import References
from config.schema import DeadlinesEntry, Document, LedgerEntry, LogEntry, ServerEntry, StoresEntry
from config.validate import BLOCKS

DOCS = Path(__file__).parents[2] / "docs"
MANUAL = (DOCS / "configuration.md").read_text()
SNIPPETS = re.findall(r"^```yaml\n(.*?)^```", MANUAL, re.MULTILINE | re.DOTALL)
VARIABLES = set(re.findall(r"(?<!\$)\$\{([A-Z_]+)\}", MANUAL)) - {"NAME"}
KINDS = discover("gateway.vendors", "VENDOR", VendorKind)


def every_setting() -> Iterator[tuple[str, str]]:
    for shape, block in BLOCKS.items():
        for name in block.model_fields:
            yield ".".join((*shape, name)), name


SETTINGS = list(every_setting())


@pytest.mark.parametrize(("path", "name"), SETTINGS, ids=[path for path, _ in SETTINGS])
def test_a_setting_is_in_the_manual(path: str, name: str) -> None:
    assert re.search(rf"(?<![a-z_]){name}(?![a-z_])", MANUAL)


@pytest.mark.parametrize("snippet", SNIPPETS, ids=range(len(SNIPPETS)))
def test_an_example_of_the_manual_is_sound(snippet: str) -> None:
    environ = {name: "a-value-that-is-long-enough" for name in (*VARIABLES, "OPENAI_API_KEY", "GROQ_API_KEY")}
    environ["RETENTION_KEY"] = "aGFsZiBhIGR1emVuIG93bHMgaW4gYSBiZWxsIHRvd2U="
    references = References(environ, "/", lambda path: b"a-value-that-is-long-enough")
    assert compile_document(snippet.encode(), "configuration.md", KINDS, references).warnings == ()


def test_the_examples_show_every_block() -> None:
    assert len(SNIPPETS) >= 7
    assert all(f"{section}:" in "".join(SNIPPETS) for section in Document.model_fields)


@pytest.mark.parametrize("kind", list(KINDS))
def test_a_vendor_is_in_its_manual(kind: str) -> None:
    manual = (DOCS / "vendors.md").read_text()
    assert f"| `{kind}` | " in manual
    assert all(f"`{variable}`" in manual for variable in KINDS[kind].env_keys)


def test_the_defaults_are_those_of_the_catalog() -> None:
    server, ledger, log = ServerEntry(), LedgerEntry(), LogEntry()
    assert Settings() == Settings(
        host=server.host,
        port=server.port,
        max_body_bytes=server.max_body,
        max_upload_bytes=server.max_upload,
        body_timeout=server.body_timeout,
        keep_alive=server.keep_alive,
        drain_seconds=server.drain,
        cors_origins=server.cors_origins,
        on_disconnect=server.on_disconnect,
        unpriced=ledger.unpriced,
        spool_fsync=ledger.fsync,
        database=StoresEntry().database,
        log_format=log.format,
        log_level=log.level,
    )
    assert Deadlines(**DeadlinesEntry().model_dump()) == Deadlines()


@pytest.mark.parametrize("block", list(BLOCKS.values()), ids=lambda block: block.__name__)
def test_a_block_is_frozen_and_refuses_unknown_keys(block: type[BaseModel]) -> None:
    assert block.model_config.get("frozen") and block.model_config.get("extra") == "forbid"
