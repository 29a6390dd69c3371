"""`signalbox cache warm`: sends a file's requests to a running gateway to fill its cache."""

import json as jsonlib
import urllib.error
import urllib.request
from collections import Counter
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Annotated, Any

import typer

from gateway.cli.asking import USUAL_URL, UrlOption
from gateway.cli.failure import fail
from gateway.cli.options import JsonOption

_SECONDS = 600.0  # for one answer
_USUAL_PATH = "/v1/chat/completions"


def warm(
    file: Annotated[
        Path, typer.Argument(help='Requests, one a line: a chat\'s body, or {"path": …, "body": {…}}.')
    ],
    key: Annotated[str, typer.Option(envvar="SIGNALBOX_KEY", help="The key whose team gets the answers.")],
    url: UrlOption = USUAL_URL,
    at_once: Annotated[int, typer.Option(min=1, max=64, help="How many requests to send at once.")] = 4,
    json: JsonOption = False,
) -> None:
    """Send a file's requests to a running gateway, to fill its cache; hits cost nothing."""
    try:
        requests = list(read_requests(file.read_text().splitlines()))
    except OSError as error:
        fail(f"{file}: {error.strerror}.", as_json=json, code="system_error")
    except ValueError as error:
        fail(f"{file}: {error}", as_json=json)
    with ThreadPoolExecutor(at_once) as pool:
        results = Counter(pool.map(lambda each: ask(url.rstrip("/") + each[0], key, each[1]), requests))
    found = {name: results[name] for name in sorted(results)}
    if json:
        typer.echo(jsonlib.dumps({"requests": len(requests), **found}))
    else:
        said = ", ".join(f"{count:,} {name}" for name, count in found.items())
        typer.echo(f"{len(requests):,} requests: {said or 'nothing to ask'}")
    if results["failed"]:
        raise typer.Exit(1)


def read_requests(lines: Iterable[str]) -> Iterator[tuple[str, bytes]]:
    """Path and body of each line. Raises ValueError with the line's number."""
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            found: Any = jsonlib.loads(line)
        except ValueError:
            found = None
        if not isinstance(found, dict):
            raise ValueError(f'line {number} is no JSON object; a line is {{"model": …, "messages": […]}}')
        path, body = (found["path"], found["body"]) if found.keys() == {"path", "body"} else (None, found)
        yield str(path or _USUAL_PATH), jsonlib.dumps(body).encode()


def ask(place: str, key: str, body: bytes) -> str:
    """What the cache said of a request; `failed` where there was no answer."""
    headers = {"authorization": f"Bearer {key}", "content-type": "application/json"}
    request = urllib.request.Request(place, body, headers)
    try:
        with urllib.request.urlopen(request, timeout=_SECONDS) as response:
            response.read()
            return str(response.headers.get("x-signalbox-cache", "bypass"))
    except (OSError, ValueError):
        return "failed"
