"""Ids and addresses in a request that refer to something in its vendor's account."""

import re
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple
from urllib.parse import unquote

from config.kinds import Operation
from dialects.loosely import read


class Name(NamedTuple):
    """The position of a reference, and the kind of object that it refers to.

    If `shown`, the request contains the object itself besides its id, which the vendor may still follow.
    """

    place: str
    kind: str
    id: str
    shown: bool = False


Object = Mapping[str, Any]

# By the member's name in lower case without underscores: vendors accept some in either spelling.
# The reference is a string, a list of strings, or an object with an `id`.
_NAMED = {
    "fileid": "files",
    "fileids": "files",
    "vectorstoreid": "vector_stores",
    "vectorstoreids": "vector_stores",
    "container": "containers",
    "containerid": "containers",
    "conversation": "conversations",
    "previousresponseid": "responses",
    "skillid": "skills",
    "tunnelid": "tunnels",
    "collectionid": "collections",
    "collectionids": "collections",
    "libraryid": "libraries",
    "libraryids": "libraries",
    "cachedcontent": "cached contents",
    "filesearchstorenames": "file search stores",
    "datastore": "data stores",
    "engine": "search engines",
    "ragcorpus": "corpora",
    "ragcorpora": "corpora",
    "ragfileids": "corpora",
    "guardrailidentifier": "guardrails",
    "prompttemplatename": "templates",
    "responsetemplatename": "templates",
}
# References only if they are objects with an `id`; as strings they are plain values.
_OBJECTS = {"prompt": "prompts", "audio": "audio", "voice": "voices"}
# Data from the caller's own program or repeated from an answer: no vendor follows references in it.
_FREE = frozenset(
    ["parameters", "inputschema", "schema", "jsonschema", "parametersjsonschema", "responseschema"]
    + ["responsejsonschema", "arguments", "args", "response", "json", "metadata", "labels"]
    + ["requestmetadata", "annotations", "citations", "results", "logprobs"]
)
_SCHEME = re.compile(r"[\s\x00-\x20]*([A-Za-z][A-Za-z0-9+.-]*):")
_STEPS = re.compile(r"[\[\].]+")
_STORED = frozenset(["gs", "s3", "file"])  # read with the vendor's own permissions
# Google's APIs treat these URLs as references: https://ai.google.dev/gemini-api/docs/files
_HOSTS = ("generativelanguage.", "aiplatform.", "storage.cloud.google.")
# https://learn.microsoft.com/azure/ai-foundry/openai/references/on-your-data: all others send credentials.
_IDENTITY = re.compile(r".*identity.*", re.IGNORECASE)
# The member that holds a conversation's items.
_ITEMS = {
    Operation.RESPONSES: "input",
    Operation.COUNT_RESPONSES: "input",
    Operation.CONVERSATIONS: "items",
}
_BARE = frozenset(["type", "id", "status"])
# Kinds of objects that answers create; then these and those that requests through the gateway create. All
# others are created outside it.
TOLD = frozenset(["responses", "conversations", "containers", "audio"])
MADE = TOLD | {"files", "vector_stores", "tuned models"}
# Names of an account's own models, as opposed to a vendor's public ones.
_MODEL = re.compile(
    r"(?:^|/)((ft:)"
    r"|arn:(?!.*:(?:foundation-model|inference-profile)/)"
    r"|tunedModels/|projects/(?!.*/publishers/)|endpoints/|@preset/).*"
)


def names_in(operation: Operation, body: bytes) -> list[Name]:
    """All references in a request. Raises Malformed if no JSON parser could read it."""
    told = read(body)
    found = list(dict.fromkeys(_walk(told)))
    member = _ITEMS.get(operation)
    items = told.get(member) if member is not None and isinstance(told, dict) else None
    if isinstance(items, list):
        found += _items(items, str(member))
    return found


def _walk(told: Any) -> Iterator[Name]:
    waiting: list[tuple[str, Any]] = [("", told)]
    for place, value in waiting:  # grows while iterated
        if isinstance(value, list):
            waiting += [(f"{place}.{number}", each) for number, each in enumerate(value)]
        elif isinstance(value, dict):
            for member, each in value.items():
                at = f"{place}.{member}" if place else member
                key = _key(member)
                yield from _read(at, key, each, value)
                if isinstance(each, dict | list) and key not in _FREE and not _is_call(place, key, value):
                    waiting.append((at, each))


def _is_call(place: str, key: str, holder: Object) -> bool:
    """Whether the value is the input of a tool call."""
    return key == "input" and place != "" and "name" in holder


def _read(place: str, key: str, value: Any, holder: Object) -> Iterator[Name]:
    if key in _NAMED:
        for at, each in _texts(place, value):
            if each and not _is_public(key, each, holder):
                yield Name(at, _NAMED[key], each, shown=str(holder.get("type", "")).endswith("_output"))
    elif key in _OBJECTS:
        if isinstance(value, dict) and isinstance(value.get("id"), str):
            yield Name(f"{place}.id", _OBJECTS[key], value["id"])
    elif key.endswith(("uri", "url", "filedata")):
        if isinstance(value, str) and _leads_inside(value, key):
            yield Name(place, "addresses", value)
    elif key == "datasources" and isinstance(value, list):
        yield from _sources(place, value)


def _texts(place: str, value: Any) -> Iterator[tuple[str, str]]:
    if isinstance(value, str):
        yield place, value
    elif isinstance(value, dict):
        if isinstance(value.get("id"), str):
            yield f"{place}.id", value["id"]
    elif isinstance(value, list):
        for number, each in enumerate(value):
            if isinstance(each, str):
                yield f"{place}.{number}", each


def _is_public(key: str, name: str, holder: Object) -> bool:
    """Whether the object is public, or the value not a reference at all."""
    if key == "skillid":  # vendors offer public ones: https://docs.anthropic.com/en/api/skills-guide
        return holder.get("type") == "anthropic" or name.startswith("openai-")
    return key in ("engine", "datastore") and "/" not in name


def _leads_inside(address: str, key: str) -> bool:
    """Whether the address is readable only with the vendor's permissions."""
    found = _SCHEME.match(address)
    scheme = found[1].lower() if found else ""
    if scheme in ("http", "https"):
        plain = unquote(address).lower()
        return any(host in plain for host in _HOSTS)
    return bool(address) and (scheme in _STORED or key == "fileuri")


def _sources(place: str, value: list[Any]) -> Iterator[Name]:
    for number, each in enumerate(value):
        said = each.get("parameters") if isinstance(each, dict) else None
        said = said if isinstance(said, dict) else {}
        proof = said.get("authentication")
        if not isinstance(proof, dict) or _IDENTITY.match(str(proof.get("type", ""))):
            name = said.get("endpoint") or said.get("index_name") or "data_sources"
            yield Name(f"{place}.{number}", "data sources", str(name))


def _items(items: list[Any], member: str) -> Iterator[Name]:
    """Items that refer to others, which the vendor stores."""
    for number, item in enumerate(items):
        name = item.get("id") if isinstance(item, dict) else None
        if isinstance(name, str) and name:
            yield from (
                Name(f"{member}.{number}.id", "responses", name, shown) for shown in _stands_for(item)
            )


def _stands_for(item: Object) -> Iterator[bool]:
    """Yields once if an item with an id refers to a stored one: whether the item itself is shown as well."""
    kind = item.get("type")
    # https://platform.openai.com/docs/api-reference/responses/create: the type may be left out.
    if kind == "item_reference" or kind is None and item.get("role") is None:
        yield False
    elif kind == "reasoning":
        if not item.get("encrypted_content"):
            yield True  # OpenAI looks the reasoning up by its id
    # https://platform.openai.com/docs/guides/image-generation: an image is edited further by its id.
    elif item.keys() <= _BARE or kind == "image_generation_call" and not item.get("result"):
        yield False


def model_in(model: str) -> Name | None:
    """The reference if `model` ends in a vendor's name for an account's own model; otherwise None."""
    found = _MODEL.search(model)
    if found is None:
        return None
    return Name("model", "tuned models" if found[2] else "models", found[0].removeprefix("/"))


def leads(member: str) -> bool:
    """Whether a form field of this name, such as `images[][file_id]`, holds a reference."""
    return any(_key(each) in _NAMED for each in _STEPS.split(member))


def _key(member: str) -> str:
    return member.replace("_", "").lower()


def made_in(told: Any) -> list[Name]:
    """The objects that an answer, or one of its events, says it created."""
    return [name for name in _walk(told) if name.kind in ("containers", "audio") or name.shown]
