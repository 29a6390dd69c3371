"""What was asked and answered is kept where a team wants it: locked up, masked, shown on the record."""

import base64
import json
from collections.abc import Iterator

import httpx
import pytest

from config.kinds import Operation
from tests.formats import FORMATS
from tests.journeys.program import ADMIN_KEY, Gateway, Simulator, running, until
from tests.journeys.vendors import KINDS, vendor_lines

FIRST, SECOND = (base64.b64encode(bytes([number]) * 32).decode() for number in (1, 2))
MAIL = "owl.52@night-train.example"
WORDS = f"The owls of {MAIL} sleep in the bell tower."
TALKING = (Operation.CHAT, Operation.RESPONSES, Operation.MESSAGES, Operation.GENERATE_CONTENT)


def written(simulator: Simulator, keys: str) -> str:
    passed = [f'  "{each.value}/*": {{ passthrough: {each.value} }}' for each in KINDS]
    return "\n".join(
        (
            *vendor_lines(simulator.base_url, "{ connect: 10s }"),
            "models:",
            *passed,
            "guards:",
            "  birds: { kind: words, mode: shadow, words: [sleep in the bell] }",
            "teams:",
            "  seen: { guardrails: [birds], retention: { store: full } }",
            "  covered: { guardrails: [birds], retention: { store: masked } }",
            "  unseen: { guardrails: [birds] }",
            "  full: { retention: { store: full, ttl: 2h } }",
            "  masked: { retention: { store: masked } }",
            "  plain: { retention: { store: metadata } }",
            f"retention: {{ keys: {keys} }}",
            f"admin_key: {ADMIN_KEY}",
            "log: { format: json }",
        )
    )


@pytest.fixture(scope="module")
def keeping(simulator: Simulator, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Gateway]:
    gateway = Gateway(tmp_path_factory.mktemp("contents"), written(simulator, f"{{ first: '{FIRST}' }}"))
    with running(gateway):
        yield gateway


def ask(gateway: Gateway, team: str, caller: Operation, *, stream: bool = False) -> str:
    """The id of a request that was answered."""
    form, model = FORMATS[caller], f"{caller.value}/echo"
    with gateway.client(gateway.new_key(team=team)[1]) as client:
        answer = client.post(form.at(model, stream=stream), json=form.ask(model, WORDS, stream=stream))
    assert answer.status_code == 200, answer.text
    assert form.text(answer.content, stream=stream) == WORDS
    return str(answer.headers["x-request-id"])


def content(gateway: Gateway, request_id: str) -> httpx.Response:
    """As the administration shows it, once it is written."""
    found: list[httpx.Response] = []

    def there() -> bool:
        with gateway.admin() as admin:
            found[:] = [admin.get(f"/admin/v1/requests/{request_id}/content")]
        return found[0].status_code != 404

    until(there, "nothing was kept")
    return found[0].raise_for_status()


def on_disk(gateway: Gateway) -> bytes:
    return b"".join(file.read_bytes() for file in sorted(gateway.state.glob("signalbox.db*")))


@pytest.mark.parametrize("stream", [False, True], ids=["whole", "stream"])
@pytest.mark.parametrize("caller", TALKING)
def test_a_call_is_kept_whole_and_locked(keeping: Gateway, caller: Operation, stream: bool) -> None:
    request_id = ask(keeping, "full", caller, stream=stream)
    kept = content(keeping, request_id).json()
    assert (kept["team"], kept["store"]) == ("full", "full")
    assert kept["expires_ms"] - kept["at_ms"] == 2 * 3_600_000
    said = kept["content"]
    assert said["complete"] is True
    assert WORDS in json.dumps(said["request"], ensure_ascii=False)
    [choice] = said["answer"]
    assert "".join(part.get("text", "") for part in choice["parts"]) == WORDS
    assert MAIL.encode() not in on_disk(keeping)


def test_masked_contents_have_no_address_though_no_guard_stands_before_the_team(keeping: Gateway) -> None:
    said = content(keeping, ask(keeping, "masked", Operation.CHAT)).json()["content"]
    text = json.dumps(said)
    assert MAIL not in text
    assert text.count("[EMAIL]") == 2 and "sleep in the bell tower" in text


def test_who_looks_is_on_the_record_and_needs_an_admin_key(keeping: Gateway) -> None:
    request_id = ask(keeping, "full", Operation.CHAT)
    content(keeping, request_id)
    [look, *_] = keeping.query(
        "SELECT actor, subject FROM audit WHERE action = 'content.show' ORDER BY seq DESC"
    )
    assert look["subject"] == request_id
    with keeping.client(keeping.new_key(team="full")[1]) as caller:
        assert caller.get(f"/admin/v1/requests/{request_id}/content").status_code == 403
    shown = keeping.command(
        "explain", request_id, "--content", "--url", keeping.address, "--admin-key", ADMIN_KEY
    )
    assert shown["content"]["answer"][0]["parts"][0]["text"] == WORDS


def test_of_other_teams_nothing_is_kept(keeping: Gateway) -> None:
    quiet = ask(keeping, "plain", Operation.CHAT)
    content(keeping, ask(keeping, "full", Operation.CHAT))  # what came later is written
    assert keeping.query("SELECT * FROM contents WHERE request_id = ?", quiet) == []


def test_keys_are_turned_and_an_old_one_can_go(simulator: Simulator, make_gateway) -> None:
    gateway = make_gateway(written(simulator, f"{{ first: '{FIRST}' }}"))
    request_id = ask(gateway, "full", Operation.CHAT)
    content(gateway, request_id)
    gateway.stop()
    gateway.file.write_text(written(simulator, f"{{ second: '{SECOND}', first: '{FIRST}' }}"))
    gateway.start()
    assert content(gateway, request_id).json()["content"]["complete"]
    gateway.stop()
    gateway.file.write_text(written(simulator, f"{{ second: '{SECOND}' }}"))
    gateway.start()
    with gateway.admin() as admin:  # nobody had locked it anew yet
        refused = admin.get(f"/admin/v1/requests/{request_id}/content")
    assert (refused.status_code, refused.json()["error"]["code"]) == (409, "content_locked")


def test_what_a_guard_would_have_stopped_is_shown_masked_where_it_is_kept(keeping: Gateway) -> None:
    asked = {team: ask(keeping, team, Operation.CHAT) for team in ("seen", "covered", "unseen")}
    for team in ("seen", "covered"):
        content(keeping, asked[team])
    where = ("--url", keeping.address, "--admin-key", ADMIN_KEY, "--config", str(keeping.file))

    def reported() -> dict[str, str | None]:
        [line] = keeping.command("guard", "report", "-g", "birds", "--content", *where)["guards"]
        return {each["request"]: each.get("text") for each in line["requests"]}

    until(lambda: set(asked.values()) <= set(reported()), "the rows have not come")
    texts = reported()
    assert texts[asked["seen"]] == texts[asked["covered"]] == "The owls of [EMAIL] [WORD] tower."
    assert texts[asked["unseen"]] is None


@pytest.mark.parametrize("way", ["command", "api"])
def test_who_is_erased_is_nowhere_in_the_state_directory(keeping: Gateway, way: str) -> None:
    name, form = f"Cora.Marker.{way}", FORMATS[Operation.CHAT]
    key_id, key = keeping.new_key(team="full", user=name, name=f"{name} at work")
    with keeping.client(key) as client:
        answer = client.post(
            form.at("chat/echo", stream=False), json=form.ask("chat/echo", WORDS, stream=False)
        )
        request_id = answer.headers["x-request-id"]
        content(keeping, request_id)
        [row] = keeping.attempts(request_id)
        assert row["user"] == name and in_state(keeping, name)
        if way == "command":
            receipt = keeping.command("erase", "--user", f"full/{name}", "--settle", "1")
        else:
            with keeping.admin() as admin:
                receipt = admin.post("/admin/v1/erase", json={"user": name}).raise_for_status().json()
        assert client.get("/v1/models").status_code == 401
    [after] = keeping.attempts(request_id)
    assert (after["user"], after["cost_nano"]) == (receipt["alias"], row["cost_nano"])
    with keeping.admin() as admin:
        assert admin.get(f"/admin/v1/requests/{request_id}/content").status_code == 404
    until(lambda: not in_state(keeping, name), f"{name} is still in {in_state(keeping, name)}", seconds=10)
    assert keeping.command("audit", "verify", "--known", receipt["audit"])["whole"]
    assert keeping.query(
        "SELECT 1 AS one FROM audit WHERE action = 'user.erase' AND subject = ?", receipt["user"]
    )
    assert keeping.new_key(team="full")  # what was erased beside the gateway has not unmoored its database


def in_state(gateway: Gateway, text: str) -> list[str]:
    """The files below the state directory that hold this text."""
    found = (each for each in gateway.state.rglob("*") if each.is_file())
    return [str(each.relative_to(gateway.state)) for each in found if text.encode() in each.read_bytes()]
