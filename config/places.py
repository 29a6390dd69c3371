"""A vendor's cloud account and its credentials: region, project, keys."""

import json
from collections.abc import Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING

from config.catalog import Secret
from config.errors import any_of
from config.kinds import VendorKind
from config.node import Node

if TYPE_CHECKING:  # a server without a configuration file does not import the schema
    from config.report import Report
    from config.schema import CredentialsEntry, VendorEntry

# The credentials that each kind of authentication accepts.
_TAKES: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "key": (),
        "aws": ("access_key_id", "profile", "secret_access_key", "session_token"),
        "google": ("service_account",),
    }
)
_PUBLIC = ("access_key_id", "profile")  # not secret: they may be written in the file
GLOBAL = "global"


def region_of(entry: "VendorEntry", kind: VendorKind, environ: Mapping[str, str]) -> str | None:
    """The configured region, else the one in the environment variables that the vendor's own tools read."""
    return entry.region or region_from(kind, environ)


def region_from(kind: VendorKind, environ: Mapping[str, str]) -> str | None:
    """The region from the environment, for vendors of this kind."""
    return next((value for name in kind.region_keys if (value := environ.get(name, "").strip())), None)


def located(base_url: str, kind: VendorKind, region: str | None) -> str:
    """The base URL for a region; a URL that the operator wrote is unchanged."""
    if base_url != kind.base_url or region is None:
        return base_url
    if region == GLOBAL and kind.global_url is not None:
        return kind.global_url
    return base_url.replace("{region}", region)


def check_places(
    base_url: str, kind: VendorKind, found: tuple[str | None, str | None], report: "Report", node: Node
) -> None:
    """Reports a region or project that the URL needs and that is not configured."""
    region, project = found
    needs = base_url + "".join(kind.paths.values())
    if "{region}" in needs and region is None:
        names = "".join(f", or the environment variable {name}" for name in kind.region_keys)
        report.gap(node, "no region", f"region, such as us-east-1{names}")
    if "{project}" in needs and project is None:
        report.gap(node, "no project", "project, or credentials with a service account, which names one")


def compile_credentials(
    entry: "CredentialsEntry | None", kind: VendorKind, node: Node, report: "Report"
) -> Mapping[str, Secret]:
    """The credentials by setting; those that the vendor does not use are reported."""
    if entry is None:
        return MappingProxyType({})
    takes = _TAKES[kind.auth]
    found: dict[str, Secret] = {}
    for name in type(entry).model_fields:
        value, place = getattr(entry, name), node.get("credentials", name)
        if value is None or place is None:
            continue
        if name not in takes:
            allowed = any_of(takes) if takes else "api_key"
            report.wrong_key(place, f"{name} for {kind.title}", allowed)
            continue
        if not place.origin and name not in _PUBLIC:
            allowed = 'a reference such as "${NAME}" or "file:/run/secrets/name"'
            report.warn(place, "a secret in the file itself", allowed, "Whoever reads the file has the key.")
        found[name] = Secret(value, place.origin or "literal")
    if ("access_key_id" in found) != ("secret_access_key" in found):
        report.gap(node, "one half of a pair of keys", "access_key_id and secret_access_key, both")
    return MappingProxyType(found)


def project_in(credentials: Mapping[str, Secret]) -> str | None:
    """The project of a service account, if its key names one."""
    account = credentials.get("service_account")
    try:
        known = json.loads(account.value) if account is not None else None
    except ValueError:
        return None
    project = known.get("project_id") if isinstance(known, dict) else None
    return project if isinstance(project, str) and project else None
