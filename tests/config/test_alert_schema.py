"""The form of `alerts`: a webhook needs a secret."""

import pytest
from pydantic import ValidationError

from config.alert_schema import AlertsEntry


def test_a_webhook_without_a_secret_is_refused() -> None:
    with pytest.raises(ValidationError):
        AlertsEntry.model_validate({"webhook": "https://hooks.example.com/x"})
    assert AlertsEntry(webhook="https://hooks.example.com/x", secret="s").private == ()
