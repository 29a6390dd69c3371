"""The table of what each format can say, for docs/formats.md: `python -m tests.dialects.table` writes it."""

from pathlib import Path
from typing import cast

from config.kinds import Operation
from dialects.dialect import Dialect
from dialects.features import FEATURES
from gateway.formats import SPOKEN

DOCUMENT = Path(__file__).parents[2] / "docs" / "formats.md"
BEGIN = "<!-- formats: begin, written by `make docs` -->"
END = "<!-- formats: end -->"
COLUMNS = {
    Operation.CHAT: "chat",
    Operation.RESPONSES: "responses",
    Operation.MESSAGES: "messages",
    Operation.GENERATE_CONTENT: "gemini",
    Operation.CONVERSE: "converse",
    Operation.COHERE_CHAT: "cohere",
    Operation.OLLAMA_CHAT: "ollama",
}


def rendered() -> str:
    """A line per feature, a column per format: a dot where it is said, a dash where it is lost."""
    dialects = [cast(Dialect, SPOKEN[operation]) for operation in COLUMNS]
    lines = [
        f"| feature | {' | '.join(COLUMNS.values())} | what then |",
        f"| --- |{' :-: |' * len(COLUMNS)} --- |",
    ]
    for feature in FEATURES:
        cells = ["–" if feature.name in dialect.cannot else "•" for dialect in dialects]
        if "–" in cells:
            lost = "dropped" if feature.hint else "refused, or dropped"
            lines.append(f"| `{feature.name}` | {' | '.join(cells)} | {lost} |")
    return "\n".join(lines)


def with_table(text: str) -> str:
    """A document with its table replaced."""
    before, begin, rest = text.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not (begin and end):
        raise ValueError(f"the document needs the two lines {BEGIN!r} and {END!r}, in this order")
    return f"{before}{BEGIN}\n\n{rendered()}\n\n{END}{after}"


if __name__ == "__main__":
    DOCUMENT.write_text(with_table(DOCUMENT.read_text()))
