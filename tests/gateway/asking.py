"""The smallest request of each format that answers in text."""

from collections.abc import Mapping

from config.kinds import Operation

_CONTENTS = b'{"contents":[{"role":"user","parts":[{"text":"Hi"}]}]}'
BODIES: Mapping[Operation, bytes] = {
    Operation.CHAT: b'{"model":"m","messages":[{"role":"user","content":"Hi"}]}',
    Operation.RESPONSES: b'{"model":"m","input":"Hi"}',
    Operation.COMPLETIONS: b'{"model":"m","prompt":"Hi"}',
    Operation.MESSAGES: b'{"model":"m","max_tokens":99,"messages":[{"role":"user","content":"Hi"}]}',
    Operation.GENERATE_CONTENT: _CONTENTS,
    Operation.GENERATE_CONTENT_ARRAY: _CONTENTS,
    Operation.CONVERSE: b'{"messages":[{"role":"user","content":[{"text":"Hi"}]}]}',
    Operation.COHERE_CHAT: b'{"model":"m","messages":[{"role":"user","content":"Hi"}]}',
    Operation.OLLAMA_CHAT: b'{"model":"m","messages":[{"role":"user","content":"Hi"}]}',
    Operation.OLLAMA_GENERATE: b'{"model":"m","prompt":"Hi"}',
}
