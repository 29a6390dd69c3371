"""The Helm chart makes what deploy/kubernetes.yaml shows, and what its values ask for."""

import shutil
import subprocess
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml

from config.discover import discover
from config.kinds import VendorKind
from config.load import load_file

ROOT = Path(__file__).parents[2]
CHART = ROOT / "deploy/helm/signalbox"
VALUES = yaml.safe_load((CHART / "values.yaml").read_text())
PLAIN = {each["kind"]: each for each in yaml.safe_load_all((ROOT / "deploy/kubernetes.yaml").read_text())}
HELM = shutil.which("helm") or ""
with_helm = pytest.mark.skipif(not HELM, reason="no helm here")


def rendered(*settings: str) -> dict[str, Any]:
    options = [each for setting in settings for each in ("--set", setting)]
    made = subprocess.run(
        [HELM, "template", "signalbox", CHART, *options], capture_output=True, text=True, timeout=60
    )
    if made.returncode:
        raise ValueError(made.stderr)
    return {each["kind"]: each for each in yaml.safe_load_all(made.stdout) if each}


def without_labels(pod: Mapping[str, Any]) -> dict[str, Any]:
    """A pod as both ways describe it: its image is the operator's to choose."""
    (box,) = pod["containers"]
    kept = {name: value for name, value in box.items() if name not in ("image", "imagePullPolicy")}
    return {**pod, "containers": [kept]}


def test_its_versions_are_the_projects() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    chart = yaml.safe_load((CHART / "Chart.yaml").read_text())
    assert chart["version"] == chart["appVersion"] == project["version"]


def test_its_configuration_is_that_of_the_plain_manifests_and_sound(tmp_path: Path) -> None:
    assert VALUES["config"] == yaml.safe_load(PLAIN["ConfigMap"]["data"]["signalbox.yaml"])
    for name, text in PLAIN["Secret"]["stringData"].items():
        (tmp_path / name).write_text(text)
    file = tmp_path / "signalbox.yaml"
    file.write_text(yaml.safe_dump(VALUES["config"]).replace("/run/secrets/signalbox", str(tmp_path)))
    assert load_file(file, discover("gateway.vendors", "VENDOR", VendorKind), {}).warnings == ()


@with_helm
def test_it_makes_what_the_plain_manifests_show() -> None:
    made = rendered("secrets.values.openai=sk-x")
    assert set(made) == set(PLAIN)
    ours, plain = made["StatefulSet"]["spec"], PLAIN["StatefulSet"]["spec"]
    assert without_labels(ours["template"]["spec"]) == without_labels(plain["template"]["spec"])
    for name in ("serviceName", "replicas", "podManagementPolicy", "volumeClaimTemplates"):
        assert ours[name] == plain[name]
    assert yaml.safe_load(made["ConfigMap"]["data"]["signalbox.yaml"]) == VALUES["config"]
    assert made["Service"]["spec"]["ports"] == PLAIN["Service"]["spec"]["ports"]
    chosen = made["Service"]["spec"]["selector"]
    assert (
        chosen
        == ours["selector"]["matchLabels"]
        == made["PodDisruptionBudget"]["spec"]["selector"]["matchLabels"]
    )
    assert chosen.items() <= ours["template"]["metadata"]["labels"].items()


@with_helm
def test_it_makes_what_its_values_ask_for() -> None:
    made = rendered(
        *("secrets.existing=mine", "ingress.enabled=true", "ingress.host=llm.example.com"),
        *("ingress.tlsSecret=cert", "metrics.serviceMonitor=true", "nodeSelector.disk=ssd"),
        *("env[0].name=HTTPS_PROXY", "env[0].value=http://proxy:3128", "persistence.storageClass=fast"),
        *("image.repository=registry.example.com/signalbox", "image.tag=v9", "podDisruptionBudget=null"),
    )
    assert "Secret" not in made and "PodDisruptionBudget" not in made
    pod = made["StatefulSet"]["spec"]["template"]["spec"]
    assert {"name": "secrets", "secret": {"secretName": "mine"}} in pod["volumes"]
    assert (pod["nodeSelector"], pod["containers"][0]["image"]) == (
        {"disk": "ssd"},
        "registry.example.com/signalbox:v9",
    )
    assert pod["containers"][0]["env"][1:] == [{"name": "HTTPS_PROXY", "value": "http://proxy:3128"}]
    assert made["Ingress"]["spec"]["tls"] == [{"secretName": "cert", "hosts": ["llm.example.com"]}]
    assert made["ServiceMonitor"]["spec"]["endpoints"] == [{"port": "http", "path": "/metrics"}]


@with_helm
def test_without_secrets_it_says_what_to_set() -> None:
    with pytest.raises(ValueError, match=r"set secrets\.existing"):
        rendered()
