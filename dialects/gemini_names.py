"""Members of Google's JSON, whose names come in camelCase or in snake_case.

https://protobuf.dev/programming-guides/json/: both are taken on input.
"""

from typing import Any


def camel(name: str) -> str:
    """The name in camelCase; names without an underscore inside are left as they are."""
    if "_" not in name:
        return name
    first, *others = name.split("_")
    if not first or not all(others):
        return name
    return first + "".join(other[0].upper() + other[1:] for other in others)


def cameled(members: dict[str, Any]) -> dict[str, Any]:
    """The members under their names in camelCase; their values are not looked into."""
    if not any("_" in name for name in members):
        return members
    return {camel(name): value for name, value in members.items()}
