"""How model groups refer to one another: fallbacks, and groups for refused prompts."""

from collections.abc import Callable, Mapping
from types import MappingProxyType

from config.catalog import ModelGroup
from routing.faults import Fault
from routing.plan import Choice, Plan


def with_fallbacks(group: ModelGroup, resolve: Callable[[str], ModelGroup | None]) -> list[ModelGroup]:
    """The group and all its direct and indirect fallbacks, each once, in the order they are tried."""
    found = [group]
    for each in found:
        for name in each.fallback:
            fallback = resolve(name)
            if fallback is not None and all(fallback.name != known.name for known in found):
                found.append(fallback)
    return found


def around(group: ModelGroup, *, cascades: bool) -> tuple[str, ...]:
    """The layers around its attempts, outermost first: names in `gateway.around.kinds.LAYERS`.

    `cascades`: it is a cascade, or leads to one.
    """
    wanted = {
        "shadow": group.strategy.name == "shadow",
        "cascade": cascades,
        "json_schema": group.json_schema is not None,
    }
    return tuple(name for name, is_wanted in wanted.items() if is_wanted)


def shadow_in(group: ModelGroup) -> str | None:
    """The shadow target, which only gets copies; None: the group has none."""
    return group.strategy.options["target"] if group.strategy.name == "shadow" else None


def holds_schemas(group: ModelGroup) -> bool:
    """Whether its answers may have to be validated against a JSON Schema."""
    return group.json_schema is not None or "schema" in group.strategy.options.get("verify", ())


def alternatives(group: ModelGroup) -> Mapping[Fault, tuple[str, ...]]:
    """The groups to try if a prompt is too long for a target, or its content is refused."""
    named = {Fault.TOO_LONG: group.on_context, Fault.CONTENT: group.on_content}
    return {fault: names for fault, names in named.items() if names}


def in_order(groups: Mapping[Fault, list[ModelGroup]]) -> Mapping[Fault, Plan]:
    """The targets of each fault's groups, in the order of the file."""
    return MappingProxyType(
        {
            fault: tuple(
                Choice(target.name, f"{each.name}, for prompts that are refused as {fault}")
                for each in found
                for target in each.targets
                if target.name != shadow_in(each)
            )
            for fault, found in groups.items()
        }
    )
