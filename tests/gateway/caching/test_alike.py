"""What texts have in common costs nobody who did not ask for it; the rest is in test_likeness.py."""

import subprocess
import sys

# A process without a semantic cache does not load what compares texts.
LOADS = (
    "import sys; import gateway.app; print('numpy' in sys.modules, 'gateway.caching.likeness' in sys.modules)"
)


def test_the_road_loads_nothing_that_compares_texts() -> None:
    found = subprocess.run([sys.executable, "-c", LOADS], capture_output=True, text=True, check=True)
    assert found.stdout.split() == ["False", "False"]
