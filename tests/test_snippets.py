"""What is wrong with a page of documentation is found."""

from pathlib import Path

import pytest

from tests.snippets import broken_links, missing_files, sessions, shows, snippets, unmarked

PAGE = """# A page

<!-- run -->
```bash
echo one
```

<!-- not run: it needs a vendor -->
```python
print("two")
```

```yaml
teams:
  a: {}
```

Text.

```bash
echo three
```
"""


@pytest.fixture
def page(tmp_path: Path) -> Path:
    file = tmp_path / "page.md"
    file.write_text(PAGE)
    return file


def test_blocks_are_found_with_their_mark_and_line(page: Path) -> None:
    assert [(block.line, block.language, block.mark) for block in snippets(page)] == [
        (4, "bash", "run"),
        (9, "python", "not run: it needs a vendor"),
        (13, "yaml", ""),
        (20, "bash", ""),
    ]
    assert [block.text for block in snippets(page) if block.runs] == ["echo one\n"]
    assert [block.line for block in snippets(page) if block.is_config] == [13]


def test_a_block_of_which_nobody_said_whether_it_is_run_is_found(page: Path) -> None:
    assert [finding.split(": ")[0] for finding in unmarked(snippets(page))] == ["page.md:20"]


@pytest.mark.parametrize("mark", ["runs", "not run:", "not run", "run: gate"])
def test_a_mark_that_says_nothing_is_none(tmp_path: Path, mark: str) -> None:
    file = tmp_path / "page.md"
    file.write_text(f"<!-- {mark} -->\n```sh\nx\n```\n")
    assert len(unmarked(snippets(file))) == 1


@pytest.mark.parametrize(
    ("mark", "first", "config"),
    [("", "vendors", True), ("", "services", False), ("not run: an extract", "vendors", False)],
)
def test_yaml_is_configuration_when_it_begins_as_one(
    tmp_path: Path, mark: str, first: str, config: bool
) -> None:
    file = tmp_path / "page.md"
    file.write_text((f"<!-- {mark} -->\n" if mark else "") + f"```yaml\n# a comment\n{first}:\n  x: 1\n```\n")
    assert [block.is_config for block in snippets(file)] == [config]


def test_a_console_block_is_commands_with_their_output() -> None:
    assert sessions("$ echo a \\\n  b\na b\n$ true\n") == [("echo a \\\n  b", "a b\n"), ("true", "")]


@pytest.mark.parametrize(
    ("expected", "actual", "same"),
    [
        ("cost 3 µ$", "cost 3 µ$\n", True),
        ("cost 3 µ$", "cost 4 µ$\n", False),
        ("id … cost …\n", "id 77 cost 9\nand more", True),
        ("a\n…\nz", "a\nb\nc\nz\n", True),
        ("a\n…\nz", "a\nb\n", False),
        ("", "anything", True),
    ],
)
def test_shown_output_is_compared_with_room_for_what_varies(expected: str, actual: str, same: bool) -> None:
    assert shows(expected, actual) is same


@pytest.mark.parametrize(
    ("link", "found"),
    [
        ("[a](page.md)", 0),
        ("[a](page.md#the-cost-of-a-call)", 0),
        ("[a](#the-cost-of-a-call)", 0),
        ("[a](https://example.com/none)", 0),
        ("[a](none.md)", 1),
        ("[a](#none)", 1),
        ("```\n[a](none.md)\n```", 0),
    ],
)
def test_a_link_that_leads_nowhere_is_found(tmp_path: Path, link: str, found: int) -> None:
    file = tmp_path / "page.md"
    file.write_text(f"## The cost, of a `call`\n\n{link}\n")
    assert len(broken_links(file)) == found


def test_a_named_file_that_is_gone_is_found(tmp_path: Path) -> None:
    (tmp_path / "ledger").mkdir()
    page = tmp_path / "page.md"
    page.write_text("`ledger/`, `ledger/gone.py`, `ledger/gone.py`, `v1/models`, `make test`")
    assert missing_files(page, tmp_path, ["ledger"]) == ["ledger/gone.py"]
