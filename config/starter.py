"""The commented signalbox.yaml for beginners, adapted to the environment."""

from collections.abc import Mapping

from config.defaults import SIMULATOR, vendors_from
from config.kinds import VendorKind

# Prose begins with "## ", settings to uncomment with "# ": a test uncomments all of them.
_HEAD = """\
## Signalbox configuration. docs/configuration.md describes every setting.
## Check it: signalbox check     See it with every default: signalbox show
## Values: ${NAME} and ${NAME:-default} read the environment, file:/run/secrets/name reads a file.

## The accounts at model vendors. The name is the first part of a target: NAME/model.
vendors:
"""

_REST = """
## The names that callers use. Without this section every vendor is callable as NAME/model, and the
## well-known model names go to their vendors.
# models:
#   fast:
#     targets: [%(vendor)s/%(model)s, { to: %(vendor)s/another-model, weight: 2 }]
#     fallback: [spare]
#   spare:
#     targets: [%(vendor)s/spare-model]
#   "%(vendor)s/*": { passthrough: %(vendor)s }

## Teams that the file owns; the API cannot change them. Create keys with: signalbox keys create
# teams:
#   research:
#     organisation: acme
#     models: [fast]
#     tags: { cost_centre: "4711" }
#     cache: { exact: 10m }
#     limits: { requests: 600/min, tokens: 200k/min, concurrent: 40 }
#     budget: { amount: 200 USD, per: month, mode: hard, alert_at: [50%%, 80%%] }

## How long identical requests are answered from the cache, for teams without a setting of their own.
# cache:
#   exact: off
#   size: 256MB

## Keys that encrypt stored prompts and answers, for teams that store them: openssl rand -base64 32
# retention:
#   keys: { winter: "${RETENTION_KEY}" }

## Limits of a whole organisation, and of all calls with a tag.
# organisations:
#   acme: { budget: { amount: 1000 USD, per: month, mode: soft } }
# tags:
#   "cost_centre=4711": { limits: { requests: 10k/day } }

## Prices that replace the public ones, in US dollars per million tokens.
# prices:
#   "%(vendor)s/%(model)s": { input: 0.15, output: 0.60, cached_read: 0.075 }

## Capabilities of models, where the built-in facts are missing or wrong.
# capabilities:
#   "%(vendor)s/%(model)s": { context: 128k, output: 16k, tools: true, vision: false }

## Agents: a model with tools, whose runs are recorded step by step.
# tool_servers:
#   orders:
#     base_url: https://orders.example.com/api
#     tools:
#       look: { method: GET, path: "/orders/{id}", effect: read }
# agents:
#   desk:
#     model: fast
#     tools: [orders/look]
#   desk@canary: { model: fast, instructions: Be brief. }
# agent_labels:
#   desk@production: { desk: 95, desk@canary: 5 }
# workflows:
#   greeting:
#     start: write
#     nodes:
#       write: { llm: { model: fast, instructions: Answer in one sentence. }, next: said }
#       said: { output: "${nodes.write.output}" }
# policies:
#   shop:
#     rules:
#       - { id: by-day, require_approval: { effects: [unsafe], group: leads } }

# server:
#   host: 127.0.0.1
#   port: 8080
#   max_body: 32MiB
#   drain: 20s                  ## grace period for open requests at shutdown
#   on_disconnect: cancel       ## or drain: read the vendor's answer to its end, for its usage

# batches:                      ## batches that the gateway runs itself
#   concurrency: 16             ## lines in flight, fewer while callers wait
#   keep: 30d                   ## for their files

# stores:
#   database: "sqlite:///signalbox.db"      ## or postgresql://user:password@host/database
#   redis: "redis://localhost:6379/0"       ## shared by several processes, for limits and the cache

# ledger:
#   unpriced: allow             ## a model without a known price: deny, allow or assume
#   fsync: false

# reliability:
#   breakers: true              ## skip targets that fail or are at their limit, until they recover
#   retry_budget: 0.2           ## attempts beyond the first, as a share of all calls

# log:
#   format: auto
#   level: info

# guards:
#   pii: { action: mask, allow: ["@example.com"] }
# guardrails: [pii]
# guarding: { refusal: error }

# alerts:                       ## called when a budget reaches a share in `alert_at`
#   webhook: "https://hooks.example.com/signalbox"
#   secret: "${SIGNALBOX_ALERTS_SECRET:-change-me-to-something-long}"

# tracing:                      ## export calls to an OpenTelemetry collector
#   endpoint: "http://127.0.0.1:4318"
#   share: 0.1                ## of calls without a traceparent

# admin_key: "${SIGNALBOX_ADMIN_KEY:-change-me-to-something-long}"
"""


def starter(kinds: Mapping[str, VendorKind], environ: Mapping[str, str]) -> str:
    """The text of a configuration that is valid as it is in this environment."""
    found = vendors_from(kinds, environ)
    lines = [_entry(kinds[name], environ) for name in found] or [
        "  {}  ## none was found in the environment\n"
    ]
    lines += [
        _suggestion(kind)
        for name, kind in kinds.items()
        if name not in found and kind.env_keys and kind.base_url
    ]
    if "openai-like" in kinds:
        lines.append('#   local: { kind: openai-like, base_url: "http://localhost:8000/v1" }\n')
    vendor = next((name for name in found if name != SIMULATOR), SIMULATOR)
    return (
        _HEAD
        + "".join(lines)
        + _REST % {"vendor": vendor, "model": "small" if vendor == SIMULATOR else "a-model"}
    )


def _entry(kind: VendorKind, environ: Mapping[str, str]) -> str:
    if kind.name == SIMULATOR:
        return "  sim: {}  ## the built-in simulator: answers without a vendor or a key, at made-up prices\n"
    name = next(name for name in kind.env_keys if environ.get(name, "").strip())
    return f'  {kind.name}: {{ api_key: "${{{name}}}"{_region(kind)} }}\n'


def _region(kind: VendorKind) -> str:
    """The region, if the URL needs one: the environment variable, or an example."""
    if "{region}" not in (kind.base_url or ""):
        return ""
    return (
        f', region: "${{{kind.region_keys[0]}:-us-east-1}}"' if kind.region_keys else ", region: europe-west4"
    )


def _suggestion(kind: VendorKind) -> str:
    return f'#   {kind.name}: {{ api_key: "${{{kind.env_keys[0]}}}"{_region(kind)} }}\n'
