"""Agents and tools of the file: what is declared is there, what is wrong is said with its place."""

import json

import pytest

from config.agents import plain
from config.errors import ConfigError

TOOLS = """\
vendors: {openai: {api_key: sk-x}}
models: {fast: {targets: [openai/gpt-4o-mini]}}
tool_servers:
  desk:
    base_url: https://desk.example/api
    headers: {x-key: secret-of-the-desk}
    tools:
      look: {method: GET, path: "/orders/{order_id}", effect: read, timeout: 5s}
      cancel:
        path: cancel
        effect: queryable
        arguments: {type: object, properties: {amount: {type: number, maximum: 0.5}}}
        reconcile: {tool: look, arguments: {order_id: order_id}, member: status, equals: done, settle: 2s}
agents:
  desk:
    model: fast
    instructions: Help.
    tools: [desk/look, {tool: desk/cancel, approval: {group: people, ttl: 1h}}]
    limits: {turns: 3, cost: 0.10, wall: 90s, soft: {cost: 0.05}}
    window: 12k
    parameters: {temperature: 0.5}
"""


def test_what_is_declared_is_compiled(load):
    catalog = load(TOOLS).catalog
    server = catalog.tool_servers["desk"]
    assert (server.host, server.private) == ("desk.example:443", ())
    assert [(name, secret.value) for name, secret in server.headers] == [("x-key", "secret-of-the-desk")]
    assert "secret-of-the-desk" not in repr(server)
    cancel = server.tools["cancel"]
    assert cancel.settings["url"] == "https://desk.example/api/cancel"
    assert cancel.reconcile is not None
    assert cancel.reconcile.tool is server.tools["look"]
    assert json.dumps(cancel.arguments) == (
        '{"type": "object", "properties": {"amount": {"type": "number", "maximum": 0.5}}}'
    )
    agent = catalog.agents["desk"]
    assert [each.tool.name for each in agent.tools] == ["desk/look", "desk/cancel"]
    assert agent.tools[1].approval is not None
    assert (agent.tools[1].approval.group, agent.tools[1].approval.ttl) == ("people", 3600.0)
    assert agent.limits == {
        "turns": 3,
        "cost": 100_000_000,
        "wall": 90,
        "soft": {"cost": 50_000_000},
        "window": 12_000,
    }
    assert agent.parameters == {"temperature": 0.5}


def test_a_window_may_have_a_model_that_sums_up(load):
    given = TOOLS.replace("window: 12k", "window: {tokens: 12k, summary: fast}")
    agent = load(given).catalog.agents["desk"]
    assert (agent.limits["window"], agent.limits["summary"]) == (12_000, "fast")
    assert agent.models == ("fast", "fast")


MISTAKES = [
    ("an unknown tool", "[desk/look,", "[desk/lok,", 'the unknown tool "desk/lok"', "desk/look"),
    ("an unknown model", "model: fast", "model: fsat", 'the unknown model "fsat"', "fast"),
    (
        "an unknown model of summaries",
        "window: 12k",
        "window: {tokens: 12k, summary: fsat}",
        'the unknown model "fsat"',
        "fast",
    ),
    ("a window without tokens", "window: 12k", "window: {summary: fast}", "tokens", ""),
    (
        "a look-up that has effects",
        "{tool: look,",
        "{tool: cancel,",
        '"cancel"',
        "a tool whose effect is read",
    ),
    ("a name that models cannot speak", "look: {", "lo__ok: {", '"lo__ok"', "single underscores"),
    ("http to the world", "https://desk", "http://desk", '"http://desk.example/api"', "https://"),
    ("an unknown effect", "effect: read", "effect: none", '"none"', "unsafe"),
]


@pytest.mark.parametrize(
    ("right", "wrong", "found", "allowed"), [row[1:] for row in MISTAKES], ids=[row[0] for row in MISTAKES]
)
def test_a_mistake_is_said_with_what_is_allowed(load, right, wrong, found, allowed):
    with pytest.raises(ConfigError) as error:
        load(TOOLS.replace(right, wrong, 1))
    said = "\n".join(problem.sentence for problem in error.value.problems)
    assert found in said
    assert allowed in said


def test_a_queryable_effect_without_a_look_up_is_refused(load):
    without = TOOLS.replace(TOOLS[TOOLS.index("        reconcile") : TOOLS.index("agents:")], "")
    with pytest.raises(ConfigError, match="without reconcile"):
        load(without)


def test_exact_numbers_become_plain_ones():
    assert plain({"a": [1, True, None, "x"]}) == {"a": [1, True, None, "x"]}


def test_a_function_needs_no_server_and_a_request_needs_one(load):
    own = "tool_servers: {own: {kind: function, tools: {add: {entry: %s, effect: read}}}}"
    catalog = load(own % '"shop.tools:add"').catalog
    assert dict(catalog.tool_servers["own"].tools["add"].settings) == {"entry": "shop.tools:add"}
    for wrong in (own % "add", "tool_servers: {own: {tools: {add: {path: /x}}}}"):
        with pytest.raises(ConfigError):
            load(wrong)
    with pytest.raises(ConfigError, match="path"):
        load("tool_servers: {own: {base_url: 'https://desk.example', tools: {add: {}}}}")
