"""What there is to begin with in production says of the gateway what is true of it."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from config.catalog import Deadlines, Settings
from config.discover import discover
from config.kinds import VendorKind
from config.load import load_file

ROOT = Path(__file__).parents[2]
DEPLOY = ROOT / "deploy"
MANIFESTS = {each["kind"]: each for each in yaml.safe_load_all((DEPLOY / "kubernetes.yaml").read_text())}
POD = MANIFESTS["StatefulSet"]["spec"]["template"]["spec"]
BOX = POD["containers"][0]
RULES = yaml.safe_load((DEPLOY / "alerts.yaml").read_text())["groups"][0]["rules"]
DASHBOARD = json.loads((DEPLOY / "grafana/signalbox.json").read_text())
NGINX = (DEPLOY / "nginx.conf").read_text()
# By metric, the labels that its line in the documentation names.
LABELS = dict(
    re.findall(
        r"^\| `(signalbox_\w+)` \| ?([^|]*?) ?\|", (ROOT / "docs/metrics.md").read_text(), re.MULTILINE
    )
)


def test_the_configuration_of_kubernetes_is_sound(tmp_path: Path) -> None:
    secrets = MANIFESTS["Secret"]["stringData"]
    for name, text in secrets.items():
        (tmp_path / name).write_text(text)
    written = MANIFESTS["ConfigMap"]["data"]["signalbox.yaml"]
    (mounted,) = {place for place in re.findall(r"file:(/.*)/\w+", written)}
    file = tmp_path / "signalbox.yaml"
    file.write_text(written.replace(mounted, str(tmp_path)))
    loaded = load_file(file, discover("gateway.vendors", "VENDOR", VendorKind), {})
    settings = loaded.catalog.settings
    assert (loaded.warnings, settings.database, settings.redis) == ((), secrets["database"], secrets["redis"])
    assert {"mountPath": mounted, "name": "secrets", "readOnly": True} in BOX["volumeMounts"]


def test_a_pod_has_the_time_that_a_stop_takes() -> None:
    waits = int(re.search(r"sleep\((\d+)\)", BOX["lifecycle"]["preStop"]["exec"]["command"][-1])[1])  # type: ignore[index]
    assert POD["terminationGracePeriodSeconds"] >= waits + Settings().drain_seconds + 10


def test_a_pod_writes_where_it_may_and_follows_what_is_mounted() -> None:
    mounts = {mount["mountPath"]: mount for mount in BOX["volumeMounts"]}
    assert BOX["securityContext"]["readOnlyRootFilesystem"] and POD["securityContext"]["runAsNonRoot"]
    assert BOX["args"][BOX["args"].index("--state") + 1] in mounts and "/tmp" in mounts
    [config] = [each["value"] for each in BOX["env"] if each["name"] == "SIGNALBOX_CONFIG"]
    assert config.rsplit("/", 1)[0] in mounts and "--config" not in BOX["args"]  # `kubectl exec` reads it too
    assert not any("subPath" in mount for mount in mounts.values())
    probes = [BOX[f"{name}Probe"]["httpGet"]["path"] for name in ("startup", "liveness", "readiness")]
    assert probes == ["/healthz", "/healthz", "/readyz"]


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule["alert"])
def test_an_alert_asks_for_what_there_is(rule: dict[str, Any]) -> None:
    asked = re.findall(r"(signalbox_\w+)(?:\{(\w+)=)?", rule["expr"])
    assert asked or rule["expr"].startswith("up{")
    told = {label for metric, _ in asked for label in LABELS[metric].split(", ")} | {"instance"}
    assert {label for _, label in asked if label} <= told
    assert set(re.findall(r"\$labels\.(\w+)", rule["annotations"]["summary"])) <= told


PANELS = [each for each in DASHBOARD["panels"] if each["type"] != "row"]


@pytest.mark.parametrize("panel", PANELS, ids=lambda panel: panel["title"])
def test_a_panel_asks_for_what_there_is(panel: dict[str, Any]) -> None:
    for target in panel["targets"]:
        expression, legend = target["expr"], target["legendFormat"]
        (metric,) = {re.sub("_bucket$", "", each) for each in re.findall(r"signalbox_\w+", expression)}
        known = {*LABELS[metric].split(", "), "le", "job"}
        by = re.findall(r"by \(([^)]*)\)", expression)
        grouped = {label for each in by for label in each.split(", ")}
        assert grouped <= known
        assert set(re.findall(r"[{ ](\w+)(?:=|!=|=~|!~)\"", expression)) <= known
        assert set(re.findall(r"{{(\w+)}}", legend)) == grouped - {"le"}
        # A counter is only ever read by how fast it grows.
        assert not metric.endswith("_total") or re.search(rf"(?:rate|increase)\({metric}{{", expression)


def test_the_panels_lie_side_by_side() -> None:
    places = [
        (x, y)
        for each in DASHBOARD["panels"]
        for x in range(each["gridPos"]["x"], each["gridPos"]["x"] + each["gridPos"]["w"])
        for y in range(each["gridPos"]["y"], each["gridPos"]["y"] + each["gridPos"]["h"])
    ]
    assert len(places) == len(set(places))
    assert max(x for x, _ in places) < 24
    assert len({each["id"] for each in DASHBOARD["panels"]}) == len(DASHBOARD["panels"])


def test_the_proxy_lets_pass_what_the_gateway_does() -> None:
    said = dict(re.findall(r"^\s*(\w+)\s+([^;{]+);", NGINX, re.MULTILINE))
    assert int(said["proxy_read_timeout"].rstrip("s")) > Deadlines().total
    assert (said["client_max_body_size"], Settings().max_upload_bytes) == ("1g", 2**30)
    assert (said["proxy_buffering"], said["proxy_next_upstream"]) == ("off", "error")
