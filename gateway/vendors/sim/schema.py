"""Generates a small value that satisfies a JSON schema."""

from collections.abc import Callable, Mapping
from typing import Any

from gateway.vendors.sim.errors import Refused

DEPTH = 12  # the depth to which a recursive schema is followed
STEPS = 5000  # at most per value; the remainder is null
ITEMS = 64  # the maximum length of a list

_FORMATS = {
    "date": "2025-01-31",
    "date-time": "2025-01-31T09:30:00Z",
    "time": "09:30:00Z",
    "duration": "PT15M",
    "email": "ada@example.com",
    "uri": "https://example.com/",
    "uuid": "3f2b6c1e-7a54-4c0d-9e8f-5d1a2b3c4d5e",
    "ipv4": "192.0.2.1",
    "ipv6": "2001:db8::1",
    "hostname": "example.com",
}
_NAMED = {
    "city": "Paris",
    "location": "Paris, France",
    "country": "France",
    "language": "English",
    "name": "Ada",
    "unit": "celsius",
    "currency": "EUR",
}
_ASKED = frozenset({"query", "question", "text", "prompt", "input", "message", "q", "answer"})


def instance(schema: Any, topic: str) -> Any:
    """A value for the schema, the same for the same arguments. Raises `Refused` if the schema is invalid.

    Properties that ask for a text get the topic. Keywords that the simulator does not understand
    (patterns, conditions, `not`) are ignored: the value may then fail a full validation.
    """
    root = schema if isinstance(schema, Mapping) else {}
    try:
        return _Maker(root, topic).make(root, "", DEPTH)
    except (TypeError, ValueError, AttributeError, OverflowError, KeyError, IndexError):
        # A keyword's value may have any JSON type: wrong ones are handled once, here.
        raise Refused(
            400,
            "Invalid schema: a keyword has a value of the wrong type. Give a JSON schema, as in "
            '{"type": "object", "properties": {"city": {"type": "string"}}}.',
            code="invalid_schema",
        ) from None


class _Maker:
    def __init__(self, root: Mapping[str, Any], topic: str) -> None:
        self._root = root
        self._topic = topic
        self._steps = STEPS
        self._makers: dict[str, Callable[[Mapping[str, Any], str, int], Any]] = {
            "object": self._object,
            "array": self._array,
            "string": self._string,
            "integer": self._integer,
            "number": self._number,
            "boolean": lambda schema, name, depth: True,
            "null": lambda schema, name, depth: None,
        }

    def make(self, schema: Any, name: str, depth: int) -> Any:
        if not isinstance(schema, Mapping) or depth == 0 or self._steps <= 0:
            return None
        schema = self._plain(schema, depth)
        if "const" in schema:
            return schema["const"]
        if schema.get("enum"):
            return schema["enum"][0]
        if "default" in schema:
            return schema["default"]
        maker = self._makers.get(self._type(schema))
        return maker(schema, name, depth) if maker else None

    def _plain(self, schema: Mapping[str, Any], depth: int) -> Mapping[str, Any]:
        """The schema with `$ref`, `allOf` and alternatives resolved, one level deep."""
        for _ in range(depth):
            self._steps -= 1
            if isinstance(schema.get("$ref"), str):
                schema = self._resolve(schema["$ref"])
            elif schema.get("allOf"):
                schema = self._united(schema, depth)
            elif alternatives := schema.get("anyOf") or schema.get("oneOf"):
                rest = {key: value for key, value in schema.items() if key not in ("anyOf", "oneOf")}
                chosen = alternatives[0]
                schema = rest | dict(chosen) if isinstance(chosen, Mapping) else rest
            else:
                break
        return schema

    def _united(self, schema: Mapping[str, Any], depth: int) -> dict[str, Any]:
        united = {key: value for key, value in schema.items() if key != "allOf"}
        for part in schema["allOf"]:
            if not isinstance(part, Mapping) or depth <= 1 or self._steps <= 0:
                continue
            for key, value in self._plain(part, depth - 1).items():
                if isinstance(value, Mapping) and isinstance(united.get(key), Mapping):
                    united[key] = {**united[key], **value}
                elif isinstance(value, list) and isinstance(united.get(key), list):
                    united[key] = united[key] + value
                else:
                    united[key] = value
        return united

    def _resolve(self, reference: str) -> Mapping[str, Any]:
        node: Any = self._root
        for step in reference.removeprefix("#").split("/")[1:]:
            key = step.replace("~1", "/").replace("~0", "~")
            node = node.get(key) if isinstance(node, Mapping) else None
        return node if isinstance(node, Mapping) else {}

    @staticmethod
    def _type(schema: Mapping[str, Any]) -> str:
        kind = schema.get("type")
        if isinstance(kind, list):
            kind = next((each for each in kind if each != "null"), "null")
        if isinstance(kind, str):
            return kind
        return "object" if "properties" in schema else "array" if "items" in schema else "string"

    def _object(self, schema: Mapping[str, Any], name: str, depth: int) -> dict[str, Any]:
        properties = schema.get("properties") or {}
        required = [each for each in schema.get("required") or () if isinstance(each, str)]
        # The deepest levels of a recursive schema hold only required properties.
        wanted = properties if depth > DEPTH // 2 else [each for each in properties if each in required]
        made = {each: self.make(properties[each], each, depth - 1) for each in wanted}
        return made | {each: self._topic for each in required if each not in made}

    def _array(self, schema: Mapping[str, Any], name: str, depth: int) -> list[Any]:
        least = int(schema.get("minItems") or 0)
        most = schema.get("maxItems")
        length = max(least, 1 if depth > DEPTH // 2 else 0)
        if most is not None:
            length = min(length, int(most))
        prefix = schema.get("prefixItems") or []
        items = schema.get("items", {})
        return [
            self.make(prefix[i] if i < len(prefix) else items, name, depth - 1)
            for i in range(min(length, ITEMS))
        ]

    def _string(self, schema: Mapping[str, Any], name: str, depth: int) -> str:
        form = schema.get("format")
        text = _FORMATS.get(form) if isinstance(form, str) else None
        if text is None:
            text = self._topic if name.lower() in _ASKED else _NAMED.get(name.lower(), name or self._topic)
        text = text.ljust(min(int(schema.get("minLength") or 0), 10_000), ".")
        most = schema.get("maxLength")
        return text if most is None else text[: int(most)]

    def _integer(self, schema: Mapping[str, Any], name: str, depth: int) -> int:
        step = int(schema.get("multipleOf") or 1) or 1
        low = schema.get("minimum")
        above = schema.get("exclusiveMinimum")
        high = schema.get("maximum")
        below = schema.get("exclusiveMaximum")
        bottom = -(-low // 1) if low is not None else above // 1 + 1 if above is not None else None
        top = high // 1 if high is not None else -(-below // 1) - 1 if below is not None else None
        wish = step if bottom is None else -(-bottom // step) * step
        if top is not None and wish > top:
            wish = top // step * step
        return int(wish)

    def _number(self, schema: Mapping[str, Any], name: str, depth: int) -> float:
        if "multipleOf" in schema:
            return self._integer(schema, name, depth)
        low = schema.get("minimum", schema.get("exclusiveMinimum"))
        high = schema.get("maximum", schema.get("exclusiveMaximum"))
        if low is not None and high is not None:
            return float((low + high) / 2)
        if low is not None:
            return float(low + 1)
        return float(high - 1) if high is not None else 1.5
