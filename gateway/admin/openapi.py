"""Generates the OpenAPI 3.1 document from the table of served routes."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

from gateway.admin.refusal import ErrorBody
from gateway.admin.routes import AnyRoute, Nothing

_REF = "#/components/schemas/{model}"
_NAME = re.compile(r"\{(\w+)\}")

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Endpoint:
    """An operation served elsewhere, such as an inference path, described in plain JSON Schema."""

    method: Literal["GET", "POST", "DELETE"]
    path: str
    summary: str
    body: Mapping[str, Any] | None = None
    answers: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)  # media type to schema, for 200
    media: str = "application/json"  # of the body


def openapi_document(table: Iterable[AnyRoute], endpoints: Iterable[Endpoint], version: str) -> Json:
    """The document, ready for JSON. Raises `ValueError` if two operations share a path and method."""
    routes = list(table)
    models = {(route.answer, "serialization") for route in routes} | {(ErrorBody, "serialization")}
    models |= {(model, "validation") for route in routes for model in (route.body, route.query)}
    ordered = sorted(models, key=lambda pair: (pair[0].__name__, pair[1]))
    refs, schemas = models_json_schema(ordered, ref_template=_REF)  # type: ignore[arg-type]
    document = _Document(refs, schemas.get("$defs", {}))
    for endpoint in endpoints:
        document.add(endpoint.path, endpoint.method, document.plain(endpoint))
    for route in routes:
        document.add(route.path, route.method, document.operation(route))
    return {
        "openapi": "3.1.0",
        "info": {"title": "Signalbox", "version": version},
        "paths": document.paths,
        "components": {
            "schemas": document.schemas,
            "securitySchemes": {"key": {"type": "http", "scheme": "bearer", "bearerFormat": "sk-sb-…"}},
        },
        "security": [{"key": []}],
    }


class _Document:
    """The document under construction."""

    def __init__(self, refs: Mapping[Any, Json], schemas: Json) -> None:
        self._refs = refs
        self.schemas = schemas
        self.paths: dict[str, Json] = {}

    def add(self, path: str, method: str, operation: Json) -> None:
        operations = self.paths.setdefault(path, {})
        if method.lower() in operations:
            raise ValueError(f"{method} {path} is in the table twice")
        operations[method.lower()] = operation

    def plain(self, endpoint: Endpoint) -> Json:
        content = {media: {"schema": dict(schema)} for media, schema in endpoint.answers.items()}
        operation = self._common(endpoint.method, endpoint.path, endpoint.summary)
        operation["responses"] |= {"200": {"description": "Success", "content": content}}
        if endpoint.body is not None:
            operation["requestBody"] = _body(dict(endpoint.body), endpoint.media)
        return operation

    def operation(self, route: AnyRoute) -> Json:
        operation = self._common(route.method, route.path, route.summary)
        answer = {"schema": self._refs[route.answer, "serialization"]}
        operation["responses"] |= {
            str(route.status): {"description": "Success", "content": {"application/json": answer}}
        }
        operation["parameters"] += self._query(route.query)
        if route.body is not Nothing:
            operation["requestBody"] = _body(self._refs[route.body, "validation"], "application/json")
        return operation

    def _common(self, method: str, path: str, summary: str) -> Json:
        failure = {"application/json": {"schema": self._refs[ErrorBody, "serialization"]}}
        return {
            "operationId": operation_id(method, path),
            "summary": summary,
            "parameters": [
                {"name": name, "in": "path", "required": True, "schema": {"type": "string"}}
                for name in _NAME.findall(path)
            ],
            "responses": {"default": {"description": "Failure", "content": failure}},
        }

    def _query(self, query: type[BaseModel]) -> list[Json]:
        name = self._refs[query, "validation"]["$ref"].rpartition("/")[2]
        schema = self.schemas[name]
        required = schema.get("required", [])
        return [
            {"name": name, "in": "query", "required": name in required, "schema": field_schema}
            for name, field_schema in schema.get("properties", {}).items()
        ]


def operation_id(method: str, path: str) -> str:
    """A name for generated clients: `post_admin_v1_keys_key_revoke`."""
    return "_".join([method.lower(), *re.findall(r"\w+", path)])


def _body(schema: Json, media: str) -> Json:
    return {"required": True, "content": {media: {"schema": schema}}}
