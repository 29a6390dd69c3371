"""What loads marks is only there where a model wants them."""

import subprocess
import sys

LOADS = "import sys; import gateway.app; print('gateway.prompt_caching.passage' in sys.modules)"


def test_nothing_is_loaded_before_it_is_wanted() -> None:
    found = subprocess.run([sys.executable, "-c", LOADS], capture_output=True, text=True, check=True)
    assert found.stdout.split() == ["False"]
