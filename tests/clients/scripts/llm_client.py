"""Simon Willison's `llm`, on the command line, with a file of further models."""

import os
import subprocess
import sys
import tempfile
from pathlib import Path

from checks import BASE_URL, BROKEN, ERRAND, KEY, QUESTION, WEATHER, check, expect, model, refused

COMMAND = Path(sys.executable).with_name("llm")
# The key is kept by `llm keys set`; the file names it.
MODELS = f"""
- model_id: signal
  model_name: {model("small")}
  api_base: {BASE_URL}
  api_key_name: signalbox
  supports_tools: true
  supports_schema: true
- model_id: broken
  model_name: {model(BROKEN)}
  api_base: {BASE_URL}
  api_key_name: signalbox
"""
TOOL = f'''
def get_weather(city: str) -> str:
    "The weather of a city."
    return "{WEATHER}"
'''


def llm(home: Path, *arguments: str) -> str:
    done = subprocess.run(
        [COMMAND, *arguments],
        env={**os.environ, "LLM_USER_PATH": str(home)},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    expect(done.returncode == 0, done.stderr[-400:])
    return done.stdout


def asked(home: Path, *arguments: str, hears: str) -> None:
    said = llm(home, "-m", "signal", *arguments)
    expect(hears in said, said)


with tempfile.TemporaryDirectory() as folder:
    place = Path(folder)
    (place / "extra-openai-models.yaml").write_text(MODELS)
    llm(place, "keys", "set", "signalbox", "--value", KEY)
    check("prompt, streamed", lambda: asked(place, QUESTION, hears="signal green"))
    check("prompt", lambda: asked(place, "--no-stream", QUESTION, hears="signal green"))
    check("conversation", lambda: asked(place, "--continue", "And now?", hears="And now"))
    check("schema", lambda: asked(place, "--schema", "verdict, sure bool", QUESTION, hears='"verdict"'))
    check("tools", lambda: asked(place, "--functions", TOOL, ERRAND, hears=WEATHER))
    check("errors", lambda: refused(lambda: llm(place, "-m", "broken", QUESTION), AssertionError))
