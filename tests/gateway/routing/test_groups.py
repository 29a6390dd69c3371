"""Groups lead to one another in the order of the file, and never in circles."""

from dataclasses import replace

from config.catalog import ModelGroup, SchemaRule, Strategy, Target
from gateway.routing.groups import alternatives, around, holds_schemas, in_order, with_fallbacks
from routing.faults import Fault
from routing.plan import Choice


def group(name: str, *targets: str, **settings: tuple[str, ...]) -> ModelGroup:
    return ModelGroup(name, tuple(Target(*each.split("/")) for each in targets), **settings)  # type: ignore[arg-type]


GROUPS = {
    each.name: each
    for each in (
        group("a", "v/1", fallback=("b", "c", "gone")),
        group("b", "v/2", fallback=("c", "a")),
        group("c", "v/3", "v/4"),
    )
}


def test_fallbacks_come_once_each_and_a_circle_ends() -> None:
    assert [each.name for each in with_fallbacks(GROUPS["a"], GROUPS.get)] == ["a", "b", "c"]


def test_alternatives_are_those_that_are_named() -> None:
    assert alternatives(GROUPS["a"]) == {}
    named = group("d", on_context=("a",), on_content=("b", "c"))
    assert alternatives(named) == {Fault.TOO_LONG: ("a",), Fault.CONTENT: ("b", "c")}


def test_the_targets_of_a_faults_groups_keep_their_order_and_say_why() -> None:
    found = in_order({Fault.TOO_LONG: [GROUPS["c"], GROUPS["a"]]})
    assert [choice.target for choice in found[Fault.TOO_LONG]] == ["v/3", "v/4", "v/1"]
    assert found[Fault.TOO_LONG][0] == Choice("v/3", f"c, for prompts that are refused as {Fault.TOO_LONG}")


def test_what_stands_around_a_group_is_what_it_asks_for() -> None:
    assert around(GROUPS["a"], cascades=False) == () and not holds_schemas(GROUPS["a"])
    cascade = Strategy("cascade", {"verify": ("schema",)})
    both = replace(GROUPS["a"], strategy=cascade, json_schema=SchemaRule())
    assert around(both, cascades=True) == ("cascade", "json_schema")
    assert around(GROUPS["a"], cascades=True) == ("cascade",)
    assert holds_schemas(replace(GROUPS["a"], strategy=cascade))
