"""What lies in a vendor's account is named by the team that made it alone, in whatever format."""

import asyncio
import json
from pathlib import Path
from typing import Any

import httpx
import pytest
from anthropic import AsyncAnthropic
from anthropic import NotFoundError as AnthropicNotFound
from openai import AsyncOpenAI, NotFoundError

from tests.gateway.relaying.vendor import Line, Told, Vendor, answers, line
from tests.gateway.responses.test_going_on import MORE, OPENAI, stranger

FILE = {"file": ("a.pdf", b"%PDF-1", "application/pdf")}
CHAT_ANSWER = {
    "id": "c",
    "object": "chat.completion",
    "created": 1,
    "model": "m",
    "choices": [
        {"index": 0, "message": {"role": "assistant", "content": "ok"}, "finish_reason": "stop"},
    ],
    "usage": {"prompt_tokens": 1, "completion_tokens": 1, "total_tokens": 2},
}
RESPONSE = {
    "id": "r",
    "object": "response",
    "status": "completed",
    "model": "m",
    "created_at": 1,
    "output": [],
}
RESPONSE |= {"usage": {"input_tokens": 1, "output_tokens": 1, "total_tokens": 2}}
MESSAGE = {"id": "m", "type": "message", "role": "assistant", "model": "m", "stop_reason": "end_turn"}
MESSAGE |= {"content": [{"type": "text", "text": "ok"}], "usage": {"input_tokens": 1, "output_tokens": 1}}


class Account(Vendor):
    """Keeps files, each by a new id, and answers everything else in the format that it is asked in."""

    def __init__(self, name: str = "a", **more: Any) -> None:
        super().__init__(self._answer)
        self._name = name
        self._more = more  # members of answers to messages, or of a chat's message
        self.broken = False

    async def _answer(self, told: Told, writer: asyncio.StreamWriter) -> None:
        await told.whole.wait()
        path = told.line.split(" ")[1].removeprefix("/v1")
        if self.broken:
            return await answers(503, b"{}")(told, writer)
        said: dict[str, Any] = {**CHAT_ANSWER}
        if path == "/files":
            said = {"id": f"file_{self._name}_{len(self.asked)}", "object": "file", "bytes": 6}
        elif path == "/responses":
            said = RESPONSE | self._more
        elif path == "/fine_tuning/jobs":
            said = {"id": "ftjob-1", "object": "fine_tuning.job"} | self._more
        elif path == "/messages":
            said = MESSAGE | self._more
        elif self._more:
            message = CHAT_ANSWER["choices"][0]["message"] | self._more  # type: ignore[index]
            said["choices"] = [{"index": 0, "message": message, "finish_reason": "stop"}]
        await answers(200, json.dumps(said).encode())(told, writer)

    @property
    def calls(self) -> list[dict[str, Any]]:
        """The bodies of model calls."""
        return [json.loads(told.body) for told in self.asked if "multipart" not in str(told.headers)]


def part(file_id: str) -> dict[str, Any]:
    return {"type": "file", "file": {"file_id": file_id}}


def chat(*parts: dict[str, Any], **more: Any) -> tuple[str, dict[str, Any]]:
    body = {"model": "one", "messages": [{"role": "user", "content": list(parts)}]}
    return "/v1/chat/completions", body | more


def responses(**more: Any) -> tuple[str, dict[str, Any]]:
    return "/v1/responses", {"model": "one", "input": "hi", **more}


def messages(*blocks: dict[str, Any], **more: Any) -> tuple[str, dict[str, Any]]:
    body = {"model": "one", "max_tokens": 9, "messages": [{"role": "user", "content": list(blocks)}]}
    return "/v1/messages", body | more


def gemini(**blob: str) -> tuple[str, dict[str, Any]]:
    return "/v1beta/models/one:generateContent", {
        "contents": [{"role": "user", "parts": [{"fileData": blob}]}]
    }


def converse(uri: str) -> tuple[str, dict[str, Any]]:
    document = {"format": "pdf", "name": "d", "source": {"s3Location": {"uri": uri}}}
    content = [{"document": document}, {"text": "x"}]
    return "/model/one/converse", {"messages": [{"role": "user", "content": content}]}


async def ask(
    relay: Line, way: tuple[str, dict[str, Any]], headers: dict[str, str] | None = None
) -> httpx.Response:
    path, body = way
    return await relay.here.client.post(path, json=body, headers=headers or relay.here.headers, timeout=20)


async def upload(relay: Line, **more: str) -> str:
    form = {"purpose": "user_data"}
    sent = await relay.here.client.post(
        "/v1/files", files=FILE, data=form, headers={**relay.here.headers, **more}, timeout=20
    )
    assert sent.status_code == 200, sent.text
    return str(sent.json()["id"])


def ways(name: str) -> list[tuple[str, dict[str, Any]]]:
    """A file, named in each of the formats in which a team can have made it."""
    return [
        chat(part(name)),
        chat({"type": "text", "text": "x"}, part(name), stream=True),
        responses(input=[{"role": "user", "content": [{"type": "input_file", "file_id": name}]}]),
        responses(input=[{"role": "user", "content": [{"type": "input_image", "file_id": name}]}]),
        responses(tools=[{"type": "code_interpreter", "container": {"type": "auto", "file_ids": [name]}}]),
        messages({"type": "document", "source": {"type": "file", "file_id": name}}),
    ]


async def test_a_file_is_named_by_its_own_team_alone(tmp_path: Path) -> None:
    vendor = Account()
    async with line(tmp_path, vendor, more=MORE, kind=OPENAI) as relay:
        name, other = await upload(relay), await stranger(relay)
        for way in ways(name):
            refused = await ask(relay, way, other)
            assert (refused.status_code, vendor.calls) == (404, []), refused.text
            if way[0] == "/v1/messages":
                assert refused.json()["error"]["type"] == "not_found_error"
            else:
                assert refused.json()["error"]["code"] == "not_found"
                assert refused.json()["error"]["param"].endswith(("file_id", "file_ids.0"))
        for way in ways(name):
            assert (await ask(relay, (way[0], way[1] | {"stream": False}))).status_code == 200
            assert name in json.dumps(vendor.calls[-1])


# Things that nobody can make here.
FOREIGN = [
    responses(prompt={"id": "pmpt_1"}),
    responses(tools=[{"type": "file_search", "vector_store_ids": ["vs_1"]}]),
    responses(tools=[{"type": "code_interpreter", "container": "cntr_1"}]),
    responses(input=[{"type": "image_generation_call", "id": "ig_1"}]),
    chat({"type": "image_url", "image_url": {"url": "gs://bucket/x.png"}}),
    messages({"type": "document", "source": {"type": "url", "url": "s3://bucket/x.pdf"}}),
    messages({"type": "text", "text": "x"}, container="container_1"),
    gemini(fileUri="https://generativelanguage.googleapis.com/v1beta/files/x", mimeType="application/pdf"),
    gemini(fileUri="gs://bucket/x.pdf", mimeType="application/pdf"),
    ("/v1beta/models/one:countTokens", gemini(fileUri="gs://b/x", mimeType="application/pdf")[1]),
    converse("s3://bucket/x.pdf"),
    ("/v1/images/edits", {"model": "one", "prompt": "x", "images": [{"file_id": "file_1"}]}),
    ("/v1/audio/speech", {"model": "one", "input": "x", "voice": {"id": "voice_1"}}),
]


async def test_what_was_not_made_here_reaches_no_vendor(tmp_path: Path) -> None:
    vendor = Account()
    async with line(tmp_path, vendor, more=MORE, kind=OPENAI) as relay:
        for way in FOREIGN:
            refused = await ask(relay, way)
            assert (refused.status_code, vendor.asked) == (404, []), (way, refused.text)
            assert b"There is no '" in refused.content
        unknown = await ask(relay, FOREIGN[0], {"authorization": "Bearer sk-sb-nobody"})
        assert unknown.status_code == 401


async def test_a_form_that_names_a_file_reaches_no_vendor_whole(tmp_path: Path) -> None:
    vendor = Account()
    async with line(tmp_path, vendor, kind=OPENAI) as relay:
        form = {"file_id": (None, b"file_of_another"), "model": (None, b"one")}
        refused = await relay.post("/v1/audio/transcriptions", files=form)
        assert (refused.status_code, refused.json()["error"]["param"]) == (400, "file_id")
        assert not any(told.whole.is_set() for told in vendor.asked)


@pytest.mark.parametrize("unknown", ["deny", "allow"])
async def test_the_operator_lists_what_a_team_may_name_beside_its_own(tmp_path: Path, unknown: str) -> None:
    vendor = Account()
    objects = "objects: ['pmpt_1', 'vs_*', 'gs://acme/support/*']"
    teams = f"teams: {{ default: {{ {objects} }}, strangers: {{}} }}"
    more = f"{MORE}\nretention: {{ unknown_objects: {unknown} }}\n{teams}"
    picture = {"type": "image_url", "image_url": {"url": "gs://acme/support/x.png"}}
    async with line(tmp_path, vendor, more=more, kind=OPENAI) as relay:
        made = await relay.here.client.post(
            "/admin/v1/keys",
            json={"team": "strangers"},
            headers={"authorization": "Bearer a-key-of-an-admin-that-is-long-enough"},
        )
        other = {"authorization": f"Bearer {made.json()['key']}"}
        listed = [responses(prompt={"id": "pmpt_1"}), chat(picture)]
        for way in listed:
            assert (await ask(relay, way)).status_code == 200
            assert (await ask(relay, way, other)).status_code == 404
        store = responses(tools=[{"type": "file_search", "vector_store_ids": ["vs_9"]}])
        assert (await ask(relay, store)).status_code == 200
        # What could have been made here passes everybody where that is said, what could not never does.
        could = 200 if unknown == "allow" else 404
        assert (await ask(relay, store, other)).status_code == could
        assert (await ask(relay, chat(part("file_unknown")))).status_code == could
        for way in (responses(prompt={"id": "pmpt_2"}), converse("s3://acme/x.pdf")):
            assert (await ask(relay, way)).status_code == 404
        outside = {"type": "image_url", "image_url": {"url": "gs://acme/other/x.png"}}
        assert (await ask(relay, chat(outside))).status_code == 404


@pytest.mark.parametrize(("pattern", "status"), [("file_*", 404), ("file_a_1", 200)])
async def test_a_pattern_opens_nothing_of_other_teams(tmp_path: Path, pattern: str, status: int) -> None:
    more = f"{MORE}\nteams: {{ strangers: {{ objects: ['{pattern}'] }} }}"
    async with line(tmp_path, Account(), more=more, kind=OPENAI) as relay:
        name = await upload(relay)
        made = await relay.here.client.post(
            "/admin/v1/keys",
            json={"team": "strangers"},
            headers={"authorization": "Bearer a-key-of-an-admin-that-is-long-enough"},
        )
        other = {"authorization": f"Bearer {made.json()['key']}"}
        assert name == "file_a_1"
        assert (await ask(relay, chat(part(name)), other)).status_code == status


async def test_a_call_goes_where_its_file_is_and_nowhere_else(tmp_path: Path) -> None:
    first, second = Account("a"), Account("b")
    async with line(tmp_path, first, second, more=MORE, kind=OPENAI) as relay:
        name = await upload(relay, **{"x-signalbox-vendor": "v1"})
        assert (await ask(relay, chat(part(name), model="many"))).status_code == 200
        assert (first.asked, len(second.calls)) == ([], 1)
        second.broken = True
        assert (await ask(relay, chat(part(name), model="many"))).status_code >= 500
        both = chat(part(name), part(await upload(relay, **{"x-signalbox-vendor": "v0"})), model="many")
        nowhere = await ask(relay, both)
        assert (nowhere.status_code, first.calls) == (400, []), nowhere.text


async def test_a_call_goes_by_the_key_that_has_its_file(tmp_path: Path) -> None:
    vendor = Account()
    for number in (1, 2):
        (tmp_path / f"key{number}").write_text(f"sk-{number}")
    keys = f"kind: openai, api_keys: ['file:{tmp_path}/key1', 'file:{tmp_path}/key2']"
    async with line(tmp_path, vendor, kind=keys) as relay:
        name = await upload(relay)
        made = vendor.asked[-1].headers["authorization"]
        for _ in range(4):
            assert (await ask(relay, chat(part(name)))).status_code == 200
            assert vendor.asked[-1].headers["authorization"] == made


async def test_what_was_said_aloud_is_gone_on_with_by_its_own_team(tmp_path: Path) -> None:
    vendor = Account(audio={"id": "audio_1", "data": "AAAA", "expires_at": 9, "transcript": "x"})
    speak = {"modalities": ["text", "audio"], "audio": {"voice": "alloy", "format": "wav"}}
    async with line(tmp_path, vendor, more=MORE, kind=OPENAI) as relay:
        other = await stranger(relay)
        path, body = chat({"type": "text", "text": "x"}, **speak)
        assert (await ask(relay, (path, body))).status_code == 200
        body["messages"] += [{"role": "assistant", "audio": {"id": "audio_1"}}]
        body["messages"] += [{"role": "user", "content": "go on"}]
        assert (await ask(relay, (path, body))).status_code == 200
        before = len(vendor.asked)
        assert (await ask(relay, (path, body), other)).status_code == 404
        assert len(vendor.asked) == before


async def test_a_container_is_its_own_teams(tmp_path: Path) -> None:
    vendor = Account(container={"id": "container_1", "expires_at": "2030-01-01T00:00:00Z"})
    tools: list[Any] = [{"type": "code_execution_20250825", "name": "code_execution"}]
    async with line(tmp_path, vendor, more=MORE, kind="kind: anthropic, api_key: sk-1") as relay:
        other = await stranger(relay)
        base = str(relay.here.client.base_url)

        async def said(headers: dict[str, str], **more: Any) -> Any:
            key = headers["authorization"].removeprefix("Bearer ")
            async with AsyncAnthropic(base_url=base, api_key=key, max_retries=0) as client:
                return await client.beta.messages.create(
                    model="one",
                    max_tokens=9,
                    messages=[{"role": "user", "content": "x"}],
                    tools=tools,
                    **more,
                )

        assert (await said(relay.here.headers)).container.id == "container_1"
        assert (await said(relay.here.headers, container="container_1")).id == "m"
        before = len(vendor.asked)
        for more in ({"container": "container_1"}, {"container": {"id": "container_1"}}):
            with pytest.raises(AnthropicNotFound):
                await said(other, **more)
        assert len(vendor.asked) == before


async def test_openais_sdk_is_told_that_there_is_no_such_file(tmp_path: Path) -> None:
    vendor = Account()
    async with line(tmp_path, vendor, more=MORE, kind=OPENAI) as relay:
        other = await stranger(relay)
        base, key = f"{relay.here.client.base_url}/v1", other["authorization"].removeprefix("Bearer ")
        name = await upload(relay)
        async with AsyncOpenAI(base_url=base, api_key=key, max_retries=0) as client:
            with pytest.raises(NotFoundError) as refused:
                await client.chat.completions.create(
                    model="one",
                    messages=[{"role": "user", "content": [{"type": "file", "file": {"file_id": name}}]}],
                )
        assert refused.value.param == "messages.0.content.0.file.file_id"
        assert vendor.calls == []


async def test_agents_name_nothing_of_others_either(tmp_path: Path) -> None:
    vendor = Account()
    more = f"{MORE}\nagents: {{ helper: {{ model: one, instructions: x }} }}"
    async with line(tmp_path, vendor, more=more, kind=OPENAI) as relay:
        name, other = await upload(relay), await stranger(relay)
        content = [{"type": "input_file", "file_id": name}]
        asks = responses(model="agent:helper", input=[{"role": "user", "content": content}])
        assert (await ask(relay, asks, other)).status_code == 404
        run = {"agent": "helper", "input": asks[1]["input"]}
        begun = await ask(relay, ("/v1/runs", run), other)
        assert begun.status_code < 300, begun.text
        for _ in range(200):
            told = (await relay.here.client.get(f"/v1/runs/{begun.json()['id']}", headers=other)).json()
            if told["status"] == "failed":
                break
            await asyncio.sleep(0.05)
        assert (told["status"], vendor.calls) == ("failed", []), told
        assert (await ask(relay, asks)).status_code == 200
        assert name in json.dumps(vendor.calls[-1])


@pytest.mark.parametrize("declared", [True, False])
async def test_a_tuned_model_is_its_own_teams_unless_the_file_names_it(
    tmp_path: Path, declared: bool
) -> None:
    tuned = "ft:gpt-4o-mini:acme::x"
    models = f'  "{tuned}": {{ targets: ["v0/{tuned}"] }}\n' if declared else ""
    models += '  "v0/*": { passthrough: v0 }'
    vendor = Account(fine_tuned_model=tuned)
    async with line(tmp_path, vendor, more=MORE, kind=OPENAI, models=models) as relay:
        other = await stranger(relay)
        name = await upload(relay)
        job = await ask(relay, ("/v1/fine_tuning/jobs", {"model": "gpt-4o-mini", "training_file": name}))
        assert job.json()["fine_tuned_model"] == tuned, job.text
        before = len(vendor.asked)
        asks = chat({"type": "text", "text": "x"}, model=tuned if declared else f"v0/{tuned}")
        completes = ("/v1/completions", {"model": asks[1]["model"], "prompt": "x"})
        for way in (asks, completes):
            told = await ask(relay, way, other)
            assert (told.status_code == 200, len(vendor.asked) > before) == (declared, declared), told.text
        again = {"model": tuned, "training_file": await upload(relay)}
        assert (await ask(relay, ("/v1/fine_tuning/jobs", again), other)).status_code == 404
        assert (await ask(relay, asks)).status_code == 200
