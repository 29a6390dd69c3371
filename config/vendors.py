"""Compiles vendors: defaults come from the kind, keys and certificates from where they are stored."""

from collections.abc import Mapping
from dataclasses import dataclass

from config.addresses import header_name, plain_name
from config.catalog import Deadlines, Secret, Vendor
from config.defaults import SIMULATOR, SIMULATOR_PLACEHOLDER, key_from
from config.errors import Unfit, any_of, did_you_mean, quoted
from config.kinds import VendorKind
from config.node import Node
from config.places import check_places, compile_credentials, located, project_in, region_of
from config.references import References
from config.report import Report
from config.schema import DeadlinesEntry, VendorEntry


@dataclass(frozen=True, slots=True)
class Sources:
    """The inputs of compiling: vendor kinds, references and the report."""

    kinds: Mapping[str, VendorKind]
    references: References
    report: Report


def compile_vendors(entries: Mapping[str, VendorEntry], nodes: Node, sources: Sources) -> dict[str, Vendor]:
    """All valid vendors; the mistakes in the others are in the report."""
    vendors: dict[str, Vendor] = {}
    for name, entry in entries.items():
        node = nodes.value[name] if isinstance(nodes.value, dict) else nodes
        if (vendor := _vendor(name, entry, node, sources)) is not None:
            vendors[name] = vendor
    return vendors


def _vendor(name: str, entry: VendorEntry, node: Node, sources: Sources) -> Vendor | None:
    report = sources.report
    if (unfit := _misnamed(name)) is not None:
        report.wrong_key(node, f"the vendor {quoted(name)}", unfit.allowed)
        return None
    kind = _kind(name, entry, node, sources)
    if kind is None:
        return None
    region = region_of(entry, kind, sources.references.environ)
    credentials = compile_credentials(entry.credentials, kind, node, report)
    project = entry.project or project_in(credentials)
    base_url = _base_url(entry, kind, node, report)
    _check_pairs(entry, kind, node, report)
    check_places(base_url, kind, (region, project), report, node)
    keys = _api_keys(entry, kind, node, sources)
    return Vendor(
        name=name,
        kind=kind,
        base_url=located(base_url, kind, region),
        api_key=keys[0] if keys else None,
        more_keys=keys[1:],
        region=region,
        project=project,
        credentials=credentials,
        api_version=entry.api_version or kind.api_version,
        headers=_headers(entry, kind, node, report),
        deadlines=deadlines(entry.deadlines),
        max_connections=entry.max_connections,
        ca_file=_file(entry.ca_file, node.get("ca_file"), sources),
        client_cert=_file(entry.client_cert, node.get("client_cert"), sources),
        client_key=_file(entry.client_key, node.get("client_key"), sources),
        proxy=entry.proxy,
        unsupported=entry.unsupported,
        concurrency=entry.max_connections if entry.concurrency == 0 else entry.concurrency,
        concurrency_adaptive=entry.concurrency == 0,
        batches=entry.batches,
    )


def deadlines(entry: DeadlinesEntry) -> Deadlines:
    """The deadlines of an entry."""
    return Deadlines(entry.connect, entry.headers, entry.first_content, entry.idle, entry.total)


def _misnamed(name: str) -> Unfit | None:
    try:
        plain_name(name)
    except Unfit as unfit:
        return unfit
    return None


def _kind(name: str, entry: VendorEntry, node: Node, sources: Sources) -> VendorKind | None:
    wanted = entry.kind or name
    kind = sources.kinds.get(wanted)
    if kind is not None:
        return kind
    place = node.get("kind")
    if place is not None:
        sources.report.wrong(
            place,
            f"the unknown kind {quoted(wanted)}",
            any_of(sources.kinds),
            did_you_mean(wanted, list(sources.kinds)),
        )
    else:
        hint = (
            did_you_mean(wanted, list(sources.kinds))
            or "Any other server with OpenAI's API: kind: openai-like"
        )
        sources.report.gap(node, f"the vendor {quoted(name)} without a kind", any_of(sources.kinds), hint)
    return None


def _base_url(entry: VendorEntry, kind: VendorKind, node: Node, report: Report) -> str:
    if entry.base_url is not None:
        return entry.base_url
    if kind.base_url is not None:
        return kind.base_url
    if kind.name != SIMULATOR:
        report.gap(node, "no base_url", f"base_url with the address of {kind.title}", "")
    return SIMULATOR_PLACEHOLDER


def _api_keys(entry: VendorEntry, kind: VendorKind, node: Node, sources: Sources) -> tuple[Secret, ...]:
    """All keys of the vendor, without duplicates."""
    if not entry.api_keys:
        key = _api_key(entry, kind, node, sources)
        return () if key is None else (key,)
    place = node.get("api_keys")
    if entry.api_key is not None and place is not None:
        sources.report.wrong_key(
            place, "api_keys beside an api_key", "all keys in api_keys, or one in api_key"
        )
    keys: dict[str, Secret] = {}
    for index, value in enumerate(entry.api_keys):
        found = node.get("api_keys", index)
        if value in keys and found is not None:
            sources.report.warn(found, "a key a second time", "each key once", "It is used once.")
        keys[value] = secret_at(found, value, sources.report)
    return tuple(keys.values())


def _api_key(entry: VendorEntry, kind: VendorKind, node: Node, sources: Sources) -> Secret | None:
    if entry.api_key is not None:
        return secret_at(node.get("api_key"), entry.api_key, sources.report)
    own_address = entry.base_url is None or kind.base_url is None or entry.base_url == kind.base_url
    try:
        # A key from the environment is sent only to its vendor's own address, never elsewhere by accident.
        key = key_from(kind, sources.references.environ) if own_address else None
    except Unfit as unfit:
        sources.report.gap(
            node, f"a key in {' or '.join(kind.env_keys)} that cannot be sent", unfit.allowed, unfit.hint
        )
        return None
    if key is None and kind.key_required:
        name = kind.env_keys[0] if kind.env_keys else "API_KEY"
        allowed = f'api_key: "${{{name}}}"' + (f", or the environment variable {name}" if own_address else "")
        sources.report.gap(node, "no api_key", allowed)
    return key


def secret_at(node: Node | None, value: str, report: Report) -> Secret:
    """A secret with its source; a warning if it is written in the file itself."""
    origin = node.origin if node is not None else ""
    if not origin and node is not None:
        allowed = 'a reference such as "${NAME}" or "file:/run/secrets/name"'
        report.warn(node, "a secret in the file itself", allowed, "Whoever reads the file has the key.")
    return Secret(value, origin or "literal")


def _headers(entry: VendorEntry, kind: VendorKind, node: Node, report: Report) -> tuple[tuple[str, str], ...]:
    headers: dict[str, str] = {}
    for written, value in entry.headers.items():
        place = node.get("headers", written) or node
        try:
            name = header_name(written)
        except Unfit as unfit:
            report.wrong_key(place, f"the header {quoted(written)}", unfit.allowed, unfit.hint)
            continue
        if name == kind.auth_header:
            report.wrong_key(place, f"the header {quoted(written)}", "api_key, which is sent as this header")
        elif name in headers:
            report.wrong_key(place, f"the header {quoted(name)} a second time", "each header once")
        headers[name] = value
    return tuple(headers.items())


def _check_pairs(entry: VendorEntry, kind: VendorKind, node: Node, report: Report) -> None:
    """Reports settings that are meaningless alone."""
    if entry.client_key is not None and entry.client_cert is None:
        report.gap(node, "client_key without client_cert", "client_cert beside it")
    version = node.get("api_version")
    if entry.api_version is not None and kind.api_version is None and version is not None:
        report.wrong(version, f"an api_version for {kind.title}, which has none", "no api_version")


def _file(path: str | None, node: Node | None, sources: Sources) -> str | None:
    """The absolute path of a readable certificate or key; one that cannot be read is reported."""
    if path is None or node is None:
        return None
    try:
        return sources.references.readable(path)
    except OSError as error:
        reason = error.strerror or "it cannot be read"
        sources.report.wrong(node, f"{quoted(path)}, which cannot be read ({reason})", "a readable PEM file")
        return None
