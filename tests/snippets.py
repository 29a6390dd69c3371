"""Fenced blocks, links and headings of a Markdown page, and what is wrong with them."""

import re
from dataclasses import dataclass
from pathlib import Path

RUNNABLE = frozenset({"bash", "sh", "console", "python"})
CONFIG_KEYS = frozenset(
    {
        "batches",
        "vendors",
        "models",
        "teams",
        "prices",
        "capabilities",
        "server",
        "stores",
        "ledger",
        "log",
        "admin_key",
    }
)

_FENCE = re.compile(
    r"(?:^<!-- (?P<mark>[^\n]*?) -->\n\s*)?"
    r"^(?P<fence>```+)(?P<language>\w*)[^\n]*\n(?P<text>.*?)^(?P=fence)\s*$",
    re.MULTILINE | re.DOTALL,
)
_MARK = re.compile(r"run|run: gateway|not run: \S.*")
_LINK = re.compile(r"(?<!!)\[[^\]]*\]\((?P<target>[^)\s]+)\)")


@dataclass(frozen=True, slots=True)
class Snippet:
    """One fenced block. `mark` is what the comment right before it says, or empty."""

    page: Path
    line: int
    language: str
    mark: str
    text: str

    @property
    def place(self) -> str:
        return f"{self.page.name}:{self.line}"

    @property
    def runs(self) -> bool:
        return self.mark in {"run", "run: gateway"}

    @property
    def needs_gateway(self) -> bool:
        return self.mark == "run: gateway"

    @property
    def is_config(self) -> bool:
        """A block of YAML that begins with a top-level key of signalbox.yaml and is not excused."""
        first = re.search(r"^(\w+):", self.text, re.MULTILINE)
        named = self.language == "yaml" and first is not None and first.group(1) in CONFIG_KEYS
        return named and not self.mark.startswith("not run: ")


def snippets(page: Path) -> list[Snippet]:
    """Every fenced block of a page, in order."""
    text = page.read_text()
    return [
        Snippet(
            page,
            text.count("\n", 0, found.start("fence")) + 1,
            found["language"],
            (found["mark"] or "").strip(),
            found["text"],
        )
        for found in _FENCE.finditer(text)
    ]


def unmarked(blocks: list[Snippet]) -> list[str]:
    """Blocks of commands or code of which nobody said whether they are run."""
    return [
        f"{block.place}: put <!-- run --> or <!-- run: gateway --> or <!-- not run: reason --> before it"
        for block in blocks
        if block.language in RUNNABLE and not _MARK.fullmatch(block.mark)
    ]


def sessions(console: str) -> list[tuple[str, str]]:
    """The commands of a `console` block, each with the output that is shown below it."""
    found: list[tuple[str, str]] = []
    for line in console.splitlines():
        if line.startswith("$ "):
            found.append((line[2:], ""))
        elif found and found[-1][0].endswith("\\"):
            found[-1] = (f"{found[-1][0]}\n{line}", "")
        elif found:
            command, output = found[-1]
            found[-1] = (command, f"{output}{line}\n")
    return found


def shows(expected: str, actual: str) -> bool:
    """Whether the output is as shown, where `…` stands for anything. Showing nothing promises nothing."""
    pattern = ".*".join(re.escape(part.strip("\n")) for part in expected.strip().split("…"))
    return not expected.strip() or re.fullmatch(rf"\s*{pattern}\s*", actual, re.DOTALL) is not None


def anchors(page: Path) -> set[str]:
    """The fragment of every heading, as GitHub makes them."""
    text = _FENCE.sub("", page.read_text())
    headings = re.findall(r"^#+ +(.*?)\s*$", text, re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def broken_links(page: Path) -> list[str]:
    """Relative links of a page that lead to no file, or to no heading of it."""
    found = []
    for link in _LINK.finditer(_FENCE.sub("", page.read_text())):
        target, _, fragment = link["target"].partition("#")
        if re.match(r"[a-z]+:", target):
            continue
        file = (page.parent / target) if target else page
        if not file.exists():
            found.append(f"{page.name}: {link['target']} leads to no file")
        elif fragment and file.suffix == ".md" and fragment not in anchors(file):
            found.append(f"{page.name}: {link['target']} leads to no heading")
    return found


def missing_files(page: Path, root: Path, rooms: list[str]) -> list[str]:
    """Files and folders of the project that a page names in backticks and that do not exist."""
    named = re.findall(r"`([\w./-]+/[\w./-]*)`", _FENCE.sub("", page.read_text()))
    return sorted({each for each in named if each.split("/")[0] in rooms and not (root / each).exists()})
