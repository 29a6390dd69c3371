"""What a run pins of a tool holds no secret, and what holds one prints none."""

from dataclasses import fields

from config.secret import Secret
from config.toolbox import AgentFacts, ToolFacts, ToolServerFacts


def test_secrets_are_of_servers_alone():
    held = {field.name for kind in (ToolFacts, AgentFacts) for field in fields(kind)}
    assert "headers" not in held
    server = ToolServerFacts("desk", "http", "desk:443", (), (("x-key", Secret("hush", "file")),), {})
    assert "hush" not in repr(server)
