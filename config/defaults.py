"""The configuration without a file: what the environment offers."""

import hashlib
from collections.abc import Mapping
from dataclasses import replace
from types import MappingProxyType

from config.addresses import credential
from config.catalog import Catalog, Loaded, ModelGroup, Passthrough, Secret, Settings, Target, Vendor
from config.errors import Problem, Unfit
from config.kinds import VendorKind
from config.places import located, region_from

SIMULATOR = "sim"
# The embedded simulator chooses its own port; the gateway fills it in at start.
SIMULATOR_PLACEHOLDER = "http://127.0.0.1:0"
DEMO = ModelGroup("demo", (Target(SIMULATOR, "small"),))
NO_FILE = "no file"


def key_from(kind: VendorKind, environ: Mapping[str, str]) -> Secret | None:
    """The key from the kind's first environment variable that is set. Raises Unfit if it cannot be sent."""
    for name in kind.env_keys:
        value = environ.get(name, "").strip()
        if value:
            return Secret(credential(value), f"env {name}")
    return None


def vendors_from(kinds: Mapping[str, VendorKind], environ: Mapping[str, str]) -> dict[str, Vendor]:
    """The simulator, and one vendor per kind with a key in the environment and a known address."""
    vendors: dict[str, Vendor] = {}
    for name, kind in kinds.items():
        try:
            key = key_from(kind, environ)
        except Unfit:  # reported by unusable_keys: one bad variable must not prevent a start
            continue
        if name == SIMULATOR:
            # The simulator's own batches only echo; somebody trying batches out wants real ones.
            url = kind.base_url or SIMULATOR_PLACEHOLDER
            vendors[name] = Vendor(name, kind, url, None, batches="gateway")
        elif key is not None and kind.base_url is not None:
            region = region_from(kind, environ)
            base_url = located(kind.base_url, kind, region)
            if "{" not in base_url:
                vendors[name] = Vendor(name, kind, base_url, key, region)
    return vendors


def unusable_keys(kinds: Mapping[str, VendorKind], environ: Mapping[str, str]) -> tuple[Problem, ...]:
    """A warning for each key in the environment that cannot be sent in a header."""
    warnings = []
    for name, kind in kinds.items():
        try:
            key_from(kind, environ)
        except Unfit as unfit:
            found = f"a key for {name} in {' or '.join(kind.env_keys)} that cannot be sent"
            warnings.append(Problem("environment", "", found, unfit.allowed, unfit.hint))
    return tuple(warnings)


def passthroughs_of(vendor: Vendor) -> tuple[Passthrough, ...]:
    """What makes a vendor callable without declared models: `name/*` and its own model names."""
    bare = (Passthrough(pattern, vendor.name, strip=False) for pattern in vendor.kind.bare_models)
    return (Passthrough(f"{vendor.name}/*", vendor.name, strip=True), *bare)


def default_catalog(kinds: Mapping[str, VendorKind], environ: Mapping[str, str]) -> Loaded:
    """What a gateway without a file serves. Uses neither network nor disk."""
    vendors = vendors_from(kinds, environ)
    catalog = Catalog(
        vendors=MappingProxyType(vendors),
        models=default_models(vendors),
        passthroughs=default_passthroughs(vendors),
        teams=MappingProxyType({}),
        prices=(),
        settings=Settings(),
        version=digest(
            *(f"{vendor.name}={vendor.api_key and vendor.api_key.value}" for vendor in vendors.values())
        ),
        source=NO_FILE,
    )
    return Loaded(catalog, unusable_keys(kinds, environ))


def default_models(vendors: Mapping[str, Vendor]) -> Mapping[str, ModelGroup]:
    """`demo`, if the simulator is there to answer it."""
    return MappingProxyType({DEMO.name: DEMO} if SIMULATOR in vendors else {})


def default_passthroughs(vendors: Mapping[str, Vendor]) -> tuple[Passthrough, ...]:
    """Every vendor's passthroughs, in the order of the vendors."""
    return tuple(rule for vendor in vendors.values() for rule in passthroughs_of(vendor))


def with_vendor(catalog: Catalog, vendor: Vendor, passthroughs: tuple[Passthrough, ...]) -> Catalog:
    """The catalog with one more vendor, such as a local Ollama; a vendor of the same name is replaced."""
    others = tuple(rule for rule in catalog.passthroughs if rule not in passthroughs)
    return replace(
        catalog,
        vendors=MappingProxyType({**catalog.vendors, vendor.name: vendor}),
        passthroughs=others + passthroughs,
        version=digest(catalog.version, vendor.name, vendor.base_url),
    )


def digest(*parts: str) -> str:
    """A short digest: equal for equal parts."""
    summary = hashlib.sha256()
    for part in parts:
        encoded = part.encode("utf-8", "surrogatepass")
        summary.update(len(encoded).to_bytes(8))
        summary.update(encoded)
    return summary.hexdigest()[:12]
