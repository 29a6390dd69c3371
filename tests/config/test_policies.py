"""Policies of a file; mistakes.yaml has what is refused."""

import pytest

from config.errors import ConfigError
from config.toolbox import HistoryFacts

FILE = """
vendors: {sim: {kind: sim}}
models: {fast: {targets: [sim/small]}}
tool_servers:
  desk:
    base_url: https://desk.example
    tools:
      look: {path: /look, effect: read, facts: {key: id, members: {total: sum.total}}}
      send: {path: /send}
policies:
  shop:
    rules:
      - {id: reads, permit: {effects: [read]}}
      - {id: big, require_approval: {tools: desk/s*, when: "facts.total > 100", group: leads, ttl: 1h}}
      - {id: once, forbid: {tools: [desk/send], agents: [other], history: {same: [id]}}}
agents:
  desk: {model: fast, tools: [desk/look, desk/send]}
  other: {model: fast}
"""


def test_rules_reach_the_agents_that_they_are_about(load):
    catalog = load(FILE).catalog
    assert [rule.name for rule in catalog.agents["desk"].rules] == ["shop/reads", "shop/big"]
    reads, big, once = catalog.agents["other"].rules
    assert (reads.verb, reads.effects) == ("permit", ("read",))
    assert (big.group, big.ttl, big.tools) == ("leads", 3600.0, ("desk/s*",))
    assert once.history == HistoryFacts(("desk/send",), ("id",), 1)


def test_a_tools_facts_are_about_one_of_its_arguments(load):
    look = load(FILE).catalog.tool_servers["desk"].tools["look"]
    assert (look.facts_key, dict(look.facts)) == ("id", {"total": "sum.total"})


MANY = """
policies:
  shop:
    rules:
      - {id: few, forbid: {tools: desk/send, history: {same: facts.total, calls: 3, within: 1d, scope: all}}}
      - {id: much, forbid: {tools: desk/send, history: {within: 1h, sum: facts.total, over: 1000}}}
"""


def test_rules_may_count_over_many_runs(load):
    agents = FILE[FILE.index("agents:\n") :]
    few, much = load(FILE[: FILE.index("policies:")] + agents + MANY).catalog.agents["desk"].rules
    assert few.history == HistoryFacts(("desk/send",), ("facts.total",), 3, 86_400.0, scope="all")
    assert much.history == HistoryFacts(("desk/send",), (), 1, 3600.0, "facts.total", 1000.0)


@pytest.mark.parametrize(
    ("history", "says"),
    [
        ("{sum: facts.total, within: 1h}", "sum, over and within together"),
        ("{sum: facts.total, over: 3}", "sum, over and within together"),
        ("{same: facts.nothing, within: 1h}", "facts that a tool yields: total"),
    ],
)
def test_half_a_history_is_refused(load, history, says):
    text = FILE.replace("{same: [id]}", history)
    with pytest.raises(ConfigError, match=says):
        load(text)


def test_rules_may_name_workflows_labelled_versions_and_agents_that_are_wrong_in_themselves(load):
    agents = "agents: {desk@canary: {model: fast}, far: {model: fast}}"
    flows = "workflows: {refund: {start: say, nodes: {say: {output: done}}}}"
    for names in ("[desk]", "['desk@*']", "[refund]", "['*']"):
        load(_about(f"agents: {names}", f"{agents}\n{flows}"))
    with pytest.raises(ConfigError) as error:
        load(_about("agents: [far]", "agents: {far: {modle: fast}}"))
    assert [problem.path for problem in error.value.problems] == ["agents.far", "agents.far.modle"]


def test_a_team_that_the_file_does_not_have_is_a_warning(load):
    teams = "teams: {support: {}}"
    assert load(_about("teams: [support, default]", teams)).warnings == ()
    [near, far] = load(_about("teams: [suport, other]", teams)).warnings
    assert (near.path, near.found) == (
        "policies.p.rules[0].forbid.teams[0]",
        '"suport", which is no team of the file',
    )
    assert near.hint == 'Did you mean "support"?'
    assert far.hint == "The rule is about one that the database has, if any."


def _about(match: str, more: str) -> str:
    head = "vendors: {sim: {kind: sim}}\nmodels: {fast: {targets: [sim/small]}}\n"
    return f"{head}policies: {{p: {{rules: [{{id: a, forbid: {{{match}}}}}]}}}}\n{more}\n"
