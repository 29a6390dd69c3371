"""A document's `retention` as facts; what is wrong with one is in the table of mistakes."""

from base64 import b64encode

KEY = b64encode(b"k" * 32).decode()


def test_keys_keep_their_order_and_a_team_that_says_nothing_has_no_policy(load) -> None:
    document = f"""\
teams:
  a: {{ retention: {{ store: masked, ttl: 7d }} }}
  b: {{}}
retention: {{ keys: {{ new: "{KEY}", old: "{KEY}" }}, ledger_months: 13 }}
"""
    loaded = load(document)
    facts = loaded.catalog.retention
    assert [key.id for key in facts.keys] == ["new", "old"]
    assert [(name, policy.store, policy.ttl) for name, policy in facts.teams.items()] == [
        ("a", "masked", 7 * 86_400.0)
    ]
    assert facts.contents and facts.ledger_months == 13
    assert [warning.path for warning in loaded.warnings] == ["retention.keys.new", "retention.keys.old"]
    assert not any(KEY in warning.excerpt for warning in loaded.warnings)


def test_runs_are_kept_as_long_as_a_team_or_everybody_says(load) -> None:
    document = """\
teams:
  a: { retention: { runs: 7d } }
  b: {}
retention: { runs: 90d }
"""
    facts = load(document).catalog.retention
    assert [facts.runs_of(team) for team in "abc"] == [7 * 86_400.0, 90 * 86_400.0, 90 * 86_400.0]
    assert facts.keeps_runs_for_a_time
    facts = load("teams: { a: { retention: { runs: 7d } } }").catalog.retention
    assert (facts.runs_of("a"), facts.runs_of("b"), facts.keeps_runs_for_a_time) == (7 * 86_400.0, None, True)
    assert not load("").catalog.retention.keeps_runs_for_a_time
