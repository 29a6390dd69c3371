"""The form of a workflow."""

from config.workflow_schema import NodeEntry


def test_one_branch_need_not_be_in_a_list():
    node = NodeEntry.model_validate({"when": {"if": "true", "goto": "a"}, "default": "b"})
    assert (node.when[0].condition, node.when[0].goto) == ("true", "a")
