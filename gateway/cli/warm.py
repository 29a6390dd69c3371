"""`signalbox cache warm`: sends a file's requests to a running gateway to fill its cache."""

import json as jsonlib
import urllib.error
import urllib.request
from collections import Counter
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Annotated

import msgspec
import typer

from gateway.cli.asking import USUAL_URL, UrlOption
from gateway.cli.failure import fail
from gateway.cli.options import JsonOption

_SECONDS = 600.0  # for one answer
_MOST_SAID = 1000  # bytes of a refusal to show
_MEMBERS = msgspec.json.Decoder(dict[str, msgspec.Raw]).decode
_PATH = msgspec.json.Decoder(str | None).decode
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
        requests = list(read_requests(file.read_text("utf-8-sig").split("\n")))
    except OSError as error:
        fail(f"{file}: {error.strerror}.", as_json=json, code="system_error")
    except ValueError as error:
        fail(f"{file}: {error}", as_json=json)
    with ThreadPoolExecutor(at_once) as pool:
        said = list(pool.map(lambda each: ask(url.rstrip("/") + each[0], key, each[1]), requests))
    results = Counter(each.partition(":")[0] for each in said)
    found = {name: results[name] for name in sorted(results)}
    if json:
        typer.echo(jsonlib.dumps({"requests": len(requests), **found}))
    else:
        counts = ", ".join(f"{count:,} {name}" for name, count in found.items())
        typer.echo(f"{len(requests):,} requests: {counts or 'nothing to ask'}")
    if failed := [each for each in said if each.startswith("failed")]:
        fail(f"the first that failed{failed[0].removeprefix('failed')}", as_json=json)


def read_requests(lines: Iterable[str]) -> Iterator[tuple[str, bytes]]:
    """Path and body of each line. Bodies are unchanged bytes: other bytes could be another request.

    Raises ValueError with the line's number.
    """
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            found = _MEMBERS(line)
            wrapped = found.keys() == {"path", "body"}
            path = _PATH(found["path"]) if wrapped else None
        except msgspec.MsgspecError:
            raise ValueError(
                f'line {number} is no JSON object; a line is {{"model": …, "messages": […]}}'
            ) from None
        body = bytes(found["body"]) if wrapped else line.encode()
        yield "/" + (path or _USUAL_PATH).lstrip("/"), body.strip()


def ask(place: str, key: str, body: bytes) -> str:
    """The cache's verdict on a request; `failed: …` with the reason if there was no answer."""
    headers = {"authorization": f"Bearer {key}", "content-type": "application/json"}
    request = urllib.request.Request(place, body, headers)
    try:
        with urllib.request.urlopen(request, timeout=_SECONDS) as response:
            response.read()
            return str(response.headers.get("x-signalbox-cache", "bypass"))
    except urllib.error.HTTPError as error:
        return f"failed: {error.code} {error.read(_MOST_SAID).decode(errors='replace')}"
    except OSError as error:
        return f"failed: {getattr(error, 'reason', error)}"
    except ValueError:  # its message would show the key
        return "failed: neither --url nor --key may have such letters"
