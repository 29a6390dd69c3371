"""Metrics become text."""

from gateway.telemetry.exposing import exposed, families


class Two:
    def collect(self):
        yield families().GaugeMetricFamily("signalbox_lamps", "Lamps that burn.", value=2)


def test_what_is_collected_is_told() -> None:
    text = exposed(Two()).decode()
    assert "# HELP signalbox_lamps Lamps that burn." in text
    assert "signalbox_lamps 2.0" in text
