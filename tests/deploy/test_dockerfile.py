"""The image is small, unprivileged, reproducible: read from the Dockerfile's own text."""

import json
import re
import tomllib
from pathlib import Path
from typing import NamedTuple

import pytest
import yaml

ROOT = Path(__file__).parents[2]
DOCKERFILE = (ROOT / "Dockerfile").read_text()
STATE = "/var/lib/signalbox"


class Instruction(NamedTuple):
    stage: int  # counted from 0; -1 before the first FROM
    keyword: str
    rest: str


def instructions(text: str) -> list[Instruction]:
    """The instructions of a Dockerfile, comments taken out and continued lines joined."""
    lines = "\n".join(line for line in text.splitlines() if not line.lstrip().startswith("#"))
    found, stage = [], -1
    for line in re.sub(r"\\\n\s*", "", lines).splitlines():
        keyword, _, rest = line.strip().partition(" ")
        if keyword:
            stage += keyword.upper() == "FROM"
            found.append(Instruction(stage, keyword.upper(), rest.strip()))
    return found


def faults(text: str) -> list[str]:
    """What is wrong with a Dockerfile, by the rules of this project."""
    every = instructions(text)
    last = [each for each in every if each.stage == every[-1].stage]
    one = {each.keyword: each.rest for each in last}
    runs = [each.rest for each in every if each.keyword == "RUN"]
    checks = {
        "one stage only: build tools would be shipped": every[-1].stage > 0,
        "runs as root": one.get("USER", "0").split(":")[0] not in {"0", "root"},
        "the user is a name: Kubernetes cannot tell that it is not root": re.fullmatch(
            r"\d+:\d+", one.get("USER", "")
        ),
        "ENTRYPOINT is not in exec form: the shell would swallow SIGTERM": one.get("ENTRYPOINT", "")[:1]
        == "[",
        "CMD is not in exec form": one.get("CMD", "[")[:1] == "[",
        "no HEALTHCHECK": "HEALTHCHECK" in one,
        "STOPSIGNAL is not SIGTERM": one.get("STOPSIGNAL") == "SIGTERM",
        "no VOLUME for the state": one.get("VOLUME") == STATE,
        "no EXPOSE 8080": one.get("EXPOSE") == "8080",
        "bytecode would be written to a read-only root": "PYTHONDONTWRITEBYTECODE=1" in one.get("ENV", ""),
        "the last stage installs packages": not any(
            re.search(r"\b(pip|apt-get) install", each.rest) for each in last
        ),
        "an install from the network without hashes": all(
            "--require-hashes" in run or "--no-index" in run for run in runs if "pip install" in run
        ),
        "ADD fetches or unpacks what nobody sees: use COPY": "ADD" not in {each.keyword for each in every},
        "COPY . takes whatever lies there": not any(
            re.match(r"\.\s", each.rest) for each in every if each.keyword == "COPY"
        ),
        "a base image without a version": all(
            ":" in each.rest for each in every if each.keyword == "FROM" and each.rest != "build"
        ),
    }
    return [fault for fault, holds in checks.items() if not holds]


def test_our_image_has_no_fault() -> None:
    assert faults(DOCKERFILE) == []


@pytest.mark.parametrize(
    ("good", "bad", "fault"),
    [
        ("USER 10001:10001", "USER root", "runs as root"),
        ("USER 10001:10001", "USER signalbox", "the user is a name"),
        ("USER 10001:10001\n", "", "runs as root"),
        ('ENTRYPOINT ["signalbox"]', "ENTRYPOINT signalbox", "ENTRYPOINT is not in exec form"),
        ("STOPSIGNAL SIGTERM", "STOPSIGNAL SIGKILL", "STOPSIGNAL"),
        ("VOLUME /var/lib/signalbox\n", "", "no VOLUME"),
        ("EXPOSE 8080\n", "", "no EXPOSE"),
        ("HEALTHCHECK ", "LABEL ", "no HEALTHCHECK"),
        ("PYTHONDONTWRITEBYTECODE=1", "A=1", "bytecode"),
        ("--require-hashes ", "", "without hashes"),
        ("COPY --from=build", "RUN pip install x\nCOPY --from=build", "the last stage installs"),
        ("COPY gateway/ gateway/", "COPY . .", "COPY . takes"),
        ("COPY gateway/ gateway/", "ADD gateway/ gateway/", "ADD"),
        ("FROM python:${PYTHON}-slim-bookworm\n", "FROM python\n", "a base image without a version"),
    ],
    ids=lambda value: value.strip()[:30],
)
def test_a_fault_in_an_image_is_found(good: str, bad: str, fault: str) -> None:
    assert good in DOCKERFILE
    assert any(each.startswith(fault) or fault in each for each in faults(DOCKERFILE.replace(good, bad)))


def test_the_image_holds_every_room_and_the_builder_gets_it() -> None:
    wheel = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["hatch"]["build"]["targets"]["wheel"]
    copied = {each.rest.split("/")[0] for each in instructions(DOCKERFILE) if each.keyword == "COPY"}
    let_in = {line[1:] for line in (ROOT / ".dockerignore").read_text().splitlines() if line.startswith("!")}
    assert set(wheel["packages"]) <= copied
    assert set(wheel["packages"]) <= let_in


def test_the_builder_gets_nothing_that_is_not_named() -> None:
    patterns = [
        line
        for line in (ROOT / ".dockerignore").read_text().splitlines()
        if line and not line.startswith("#")
    ]
    assert patterns[0] == "*"
    assert {"**/__pycache__", "**/.env"} <= set(patterns)


def test_the_default_command_listens_to_the_container_and_keeps_state_in_the_volume() -> None:
    command = json.loads(next(each.rest for each in instructions(DOCKERFILE) if each.keyword == "CMD"))
    assert command[command.index("--host") + 1] == "0.0.0.0"
    assert command[command.index("--state") + 1] == STATE
    last = [each.rest for each in instructions(DOCKERFILE) if each.keyword == "ENV"][-1]
    assert f"SIGNALBOX_STATE={STATE}" in last  # so that `docker exec … signalbox keys create` finds it too


def test_compose_gives_the_container_no_more_than_it_needs() -> None:
    service = yaml.safe_load((ROOT / "deploy" / "compose.yaml").read_text())["services"]["signalbox"]
    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert [volume.split(":")[1] for volume in service["volumes"]] == [STATE]
    assert all(port.startswith("127.0.0.1:") for port in service["ports"])
    assert {"privileged", "cap_add", "network_mode", "user"}.isdisjoint(service)
