"""Workflows of the file: a graph that is whole, and each mistake with its own words and its place."""

import pytest

from config.errors import ConfigError

FILE = """\
vendors: {openai: {api_key: sk-x}}
models: {fast: {targets: [openai/gpt-4o-mini]}}
tool_servers:
  shop:
    base_url: https://shop.example
    tools:
      look:
        path: look
        effect: read
        arguments: {type: object, properties: {id: {type: string}}, required: [id]}
        facts: {key: id, members: {total: total}}
      pay: {path: pay, effect: keyed}
      send: {path: send, effect: unsafe}
      back: {path: back, effect: keyed}
agents:
  clerk: {model: fast}
workflows:
  refund:
    description: Refunds an order.
    limits: {turns: 30, cost: 0.5}
    start: kind
    nodes:
      kind: {llm: {model: fast, instructions: Sort it., choices: [refund, other]}, next: route}
      route: {switch: nodes.kind.output, cases: {refund: look}, default: end}
      look: {tool: shop/look, args: {id: "${input.id}"}, on_error: end, next: both}
      both:
        parallel:
          risk: {agent: clerk, input: {order: "${nodes.look.output}"}}
          word: {llm: {model: fast}}
        next: big
      big: {when: {if: facts.total > 100, goto: sign}, default: pay}
      sign:
        approval: {group: leads, ttl: 1h}
        show: {order: "${nodes.look.output}"}
        next: pay
        on_error: end
      pay: {tool: shop/pay, next: again}
      again:
        tool: shop/look
        args: {id: "${input.id}"}
        loop: {until: nodes.again.output.paid, max: 3}
        next: over
      over: {handoff: clerk, input: "Tell them."}
      end: {output: {kind: "${nodes.kind.output}"}}
    compensate:
      pay: {tool: shop/back}
"""


def test_a_workflow_is_an_agent_with_a_graph(load):
    agent = load(FILE).catalog.agents["refund"]
    assert agent.flow is not None
    assert agent.limits == {"turns": 30, "cost": 500_000_000}
    assert [each.tool.name for each in agent.tools] == [
        "llm/kind",
        "shop/look",
        "agents/clerk",
        "llm/word",
        "approval/sign",
        "shop/pay",
        "handoffs/clerk",
        "shop/back",
    ]
    assert agent.flow.nodes["big"].branches[0].to == "sign"
    assert agent.flow.nodes["kind"].calls[0].choices == ("refund", "other")
    assert (agent.flow.nodes["again"].until, agent.flow.nodes["again"].most) == ("nodes.again.output.paid", 3)
    assert agent.flow.undo["pay"].tool == "shop/back"


MISTAKES = [
    ("start: kind", "start: kin", 'the unknown node "kin"', "start"),
    ("default: end}", "default: ending}", 'the unknown node "ending" behind "route"', "nodes.route"),
    (
        "cases: {refund: look}, default: end",
        "cases: {refund: look}",
        'the switch "route" without default',
        "route",
    ),
    ("next: both}", "next: big}", 'the node "both", to which no way leads', "nodes.both"),
    ("default: pay}", "default: look}", "a circle:", "nodes."),
    ("{tool: shop/pay, next: again}", "{tool: shop/pay}", 'the node "pay" without next', "nodes.pay"),
    ("{tool: shop/pay, next", "{tool: shop/pya, next", 'the unknown tool "shop/pya"', "nodes.pay.tool"),
    ("{tool: shop/pay, next", "{next", 'nothing that it does in the node "pay"', "nodes.pay"),
    (
        "{tool: shop/pay, next",
        "{tool: shop/pay, agent: clerk, next",
        "tool and agent in the node",
        "nodes.pay",
    ),
    ("{tool: shop/pay, next", "{tool: shop/send, next", "whose effect is unsafe", "nodes.pay.tool"),
    ("{agent: clerk, input", "{agent: clark, input", 'the unknown agent "clark"', "parallel.risk.agent"),
    ("handoff: clerk", "handoff: clark", 'the unknown agent "clark"', "nodes.over.handoff"),
    ("llm: {model: fast, ins", "llm: {model: fsat, ins", 'the unknown model "fsat"', "nodes.kind.llm.model"),
    (
        'look: {tool: shop/look, args: {id: "${input.id}"}',
        "look: {tool: shop/look",
        'no argument "id"',
        "nodes.look",
    ),
    (
        'args: {id: "${input.id}"}, on_error',
        'args: {id: "1", di: 2}, on_error',
        'the argument "di"',
        "nodes.look.args",
    ),
    ("if: facts.total >", "if: facts.sum >", '"facts.sum"', "nodes.big"),
    ("if: facts.total >", "if: total >", '"total"', "nodes.big"),
    ("if: facts.total > 100", "if: facts.total >", "an expression", "nodes.big"),
    ("switch: nodes.kind.output", "switch: nodes.pay.output", "which is not answered before", "nodes.route"),
    ("word: {llm", "look: {llm", 'two answers of the name "look"', "parallel.look"),
    ("word: {llm: {model: fast}}", "word: {}", 'nothing that it does in the branch "word"', "parallel.word"),
    (
        "      pay: {tool: shop/back}",
        "      big: {tool: shop/back}",
        "nothing that could be made good",
        "compensate.big",
    ),
    ("max: 3}", "}", 'no "max"', "nodes.again.loop"),
    ("  refund:\n", "  clerk:\n", 'of the name of the agent "clerk"', "workflows.clerk"),
]


@pytest.mark.parametrize(("old", "new", "says", "path"), MISTAKES, ids=[says for *_, says, _ in MISTAKES])
def test_what_is_wrong_is_named_with_line_and_path(load, old, new, says, path):
    assert old in FILE
    with pytest.raises(ConfigError) as caught:
        load(FILE.replace(old, new, 1))
    found = [problem for problem in caught.value.problems if says in problem.sentence]
    assert found, [problem.sentence for problem in caught.value.problems]
    assert path in found[0].path
    assert found[0].line > 15


def test_an_unsafe_tool_is_taken_with_a_waiver_or_a_policy(load):
    unsafe = FILE.replace("{tool: shop/pay, next", "{tool: shop/send, next").replace(
        "pay: {tool: shop/back}", "{}"
    )
    assert load(unsafe.replace("shop/send, next", "shop/send, unsafe: accepted, next"))
    asks = "{id: ask, require_approval: {effects: [unsafe], group: leads, ttl: 4h}}"
    assert load(f"{unsafe}policies: {{p: {{rules: [{asks}]}}}}\n")
