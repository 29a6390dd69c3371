"""An answer as its caller will read it, masked values restored, for checks on its text."""

import msgspec

from gateway.guardrails.cordons import Glance
from gateway.guardrails.shield import Shield
from guardrails.restoring import Issued

Json = dict[str, object]


class AsRead:
    """Of one call. What it gives stays here: no vendor is shown it."""

    def __init__(self, shield: Shield | Glance | None) -> None:
        self._issued = Issued(shield.issued.values if isinstance(shield, Shield) else {})

    @property
    def differs(self) -> bool:
        """Whether anything may be another than what the vendor said."""
        return bool(self._issued.values)

    def text(self, said: str) -> str:
        """What the caller reads where the vendor said this."""
        return self._issued.replace(said)

    def schema(self, masked: Json) -> Json:
        """The caller's own JSON Schema."""
        if not self.differs:
            return masked
        own = self._issued.replace_in_document(msgspec.json.encode(masked))
        return msgspec.json.decode(own, type=Json)
