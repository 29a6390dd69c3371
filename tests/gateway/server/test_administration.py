"""A gateway's administration is loaded when somebody asks for it, and is then all there."""

import json
import os
import subprocess
import sys
from pathlib import Path

# Told on standard output: whether it is loaded before the first request for it, and what that one answered.
SCRIPT = """
import asyncio, json, sys
from pathlib import Path
from tests.gateway.inside import gateway

async def main(place):
    async with gateway(place) as here:
        before = "gateway.server.administration" in sys.modules
        told = await asyncio.gather(*(here.client.get("/openapi.json") for _ in range(3)))
        refused = await here.client.get("/admin/v1/teams", headers=here.headers)
        lost = await here.client.get("/v1/organization/nothing")
        print(json.dumps([before, [each.status_code for each in told], refused.status_code, lost.json()]))

asyncio.run(main(Path(sys.argv[1])))
"""


def test_it_is_loaded_with_the_first_request_for_it(tmp_path: Path) -> None:
    told = subprocess.run(
        [sys.executable, "-c", SCRIPT, str(tmp_path)],
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
        capture_output=True,
        text=True,
        timeout=100,
        check=True,
    )
    before, documents, refused, lost = json.loads(told.stdout.splitlines()[-1])
    assert not before
    assert documents == [200, 200, 200]
    assert refused == 403
    assert lost["error"]["code"] == "not_found"
