"""An answer as its caller will read it, masked values restored, for checks on its text."""

import msgspec

from gateway.guardrails.cordons import Glance
from gateway.guardrails.shield import Shield
from guardrails.restoring import Issued

Json = dict[str, object]


class AsRead:
    """Restores one call's masked values. The results must not be sent to a vendor."""

    def __init__(self, shield: Shield | Glance | None) -> None:
        self._issued = Issued(shield.issued.values if isinstance(shield, Shield) else {})

    @property
    def differs(self) -> bool:
        """Whether any text may differ from the vendor's."""
        return bool(self._issued.values)

    def text(self, said: str) -> str:
        """The vendor's text as the caller reads it."""
        return self._issued.replace(said)

    def schema(self, masked: Json) -> Json:
        """The caller's own JSON Schema, unmasked."""
        if not self.differs:
            return masked
        own = self._issued.replace_in_document(msgspec.json.encode(masked))
        return msgspec.json.decode(own, type=Json)
