"""The table in the documentation is that of these tests."""

from tests.journeys.program import ROOT
from tests.journeys.sdks.every import SPEAKERS
from tests.journeys.sdks.vendors import KINDS, path_of


def table() -> list[str]:
    """Each SDK's row: where each vendor was asked when that SDK called."""
    names = [kind.settings.partition(",")[0].removeprefix("kind: ") for kind in KINDS.values()]
    head = ["| SDK | " + " | ".join(f"`{name}`" for name in names) + " |", "|---" * (len(KINDS) + 1) + "|"]
    rows = []
    for speaker in SPEAKERS:
        paths = [path_of(speaker, vendor).removeprefix("/v1/").rpartition(":")[2] for vendor in KINDS]
        cells = [path.replace("/model/small/", "").removeprefix("/") for path in paths]
        rows.append(f"| {speaker} | " + " | ".join(cells) + " |")
    return head + rows


def test_the_documentation_has_the_table_of_what_is_tested() -> None:
    assert "\n".join(table()) in (ROOT / "docs" / "proofs.md").read_text()
