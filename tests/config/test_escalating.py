"""Who is asked next where nobody answered."""

from config.escalating import EscalateEntry, escalation
from config.toolbox import Escalation

FILE = """\
tool_servers: {desk: {base_url: "https://desk.example", tools: {send: {path: /send}}}}
vendors: {openai: {api_key: sk-x}}
models: {fast: {targets: [openai/gpt-4o-mini]}}
agents:
  desk:
    model: fast
    tools: [{tool: desk/send, approval: {group: people, escalate: {group: leads, ttl: 1h}}}]
policies:
  shop: {rules: [{id: a, require_approval: {group: people, escalate: {group: leads}}}]}
"""


def test_it_is_read_where_approvals_are_asked_for(load):
    agent = load(FILE).catalog.agents["desk"]
    assert agent.tools[0].approval.escalate == Escalation("leads", 3600.0)
    assert agent.rules[0].escalate == Escalation("leads", 14_400.0)


def test_it_need_not_be_said():
    assert escalation(None) is None
    assert escalation(EscalateEntry(group="leads", ttl="2h")) == Escalation("leads", 7200.0)
