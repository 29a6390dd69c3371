"""Compiles a document's bytes to a catalog, purely: all its inputs are arguments."""

import importlib
import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import TypeVar

from config.addresses import agent_name, model_name, text_line, tool_name
from config.agents import Toolbox, compile_agent, compile_server
from config.alerts import compile_alerts
from config.allowances import compile_account
from config.caching import CacheFacts
from config.capabilities import CapabilityOverride
from config.catalog import (
    BatchSettings,
    Catalog,
    GuardFacts,
    GuardSettings,
    Loaded,
    ModelGroup,
    Passthrough,
    PriceOverride,
    Secret,
    Settings,
    TeamFacts,
    Vendor,
)
from config.defaults import default_models, default_passthroughs, digest, vendors_from
from config.errors import Unfit, quoted
from config.guard_names import READY_KINDS
from config.guards import compile_guard
from config.inner_cascades import warn_of_inner_cascades
from config.keeping import compile_retention
from config.kinds import VendorKind
from config.limit import Limit
from config.limit_schema import AccountEntry
from config.models import (
    Scope,
    check_circles,
    check_embedder,
    check_guards,
    compile_cache,
    compile_capabilities,
    compile_group,
    compile_passthrough,
    compile_price,
    compile_team,
    override,
)
from config.node import Node
from config.references import References, resolve
from config.report import Report, shown
from config.residency import warn_of_nowhere
from config.schema import Document
from config.sealing import answer_keys
from config.source import parse
from config.strategies import found_strategies
from config.toolbox import AgentFacts, RuleFacts, Split, ToolServerFacts
from config.tracing import compile_tracing
from config.validate import validate
from config.vendors import Sources, compile_vendors, secret_at

_T = TypeVar("_T")
_NOWHERE = Node({}, 1, 1)
SHORT_ADMIN_KEY = 16


def compile_document(
    data: bytes, file: str, kinds: Mapping[str, VendorKind], references: References
) -> Loaded:
    """The catalog that a document describes. Raises ConfigError with every error, in the order of the file.

    A section that the document omits gets the defaults of a gateway without a file: vendors from the
    environment, models from the vendors.
    """
    parsed = parse(data, file)
    root = parsed.root
    report = Report(file, root, parsed.lines)
    report.add(parsed.problems)
    if not parsed.whole or not _is_mapping(root, report):
        report.finish([file])
    report.add(resolve(root, file, references))
    fingerprint = json.dumps(root.to_plain(), sort_keys=True, default=str)
    declared = _names(root)
    document = validate(root, report)
    catalog = _Compiler(document, root, declared, Sources(kinds, references, report)).catalog(
        file, fingerprint
    )
    files = (file, *references.contents)
    return Loaded(catalog, report.finish(files), files)


def _is_mapping(root: Node, report: Report) -> bool:
    if root.value is None:
        root.value = {}
    if not isinstance(root.value, dict):
        report.wrong(root, shown(root), "a mapping of settings, such as `vendors:`")
    return isinstance(root.value, dict)


@dataclass(frozen=True, slots=True)
class _Declared:
    """The names in a document, including those of invalid entries; None: the section is absent."""

    vendors: tuple[str, ...] | None
    models: tuple[str, ...] | None
    agents: tuple[str, ...] = ()  # and workflows
    teams: tuple[str, ...] = ()


def _names(root: Node) -> _Declared:
    def keys(section: str) -> tuple[str, ...] | None:
        node = root.get(section)
        if node is None or node.value is None:
            return None
        return tuple(node.value) if isinstance(node.value, dict) else ()

    agents = (*(keys("agents") or ()), *(keys("workflows") or ()))
    return _Declared(keys("vendors"), keys("models"), agents, keys("teams") or ())


@dataclass(frozen=True, slots=True)
class _Compiler:
    document: Document
    root: Node
    declared: _Declared
    sources: Sources

    def catalog(self, file: str, fingerprint: str) -> Catalog:
        vendors = self._vendors()
        groups, passthroughs = self._models(vendors)
        served = (*groups, *(rule.pattern for rule in passthroughs))
        scope = self._scope(vendors, self.declared.models if self.declared.models is not None else served)
        servers = self._tool_servers(scope)
        agents = self._agents(Toolbox(servers, scope, self._rules(servers, scope)))
        teams = self._teams(scope)
        warn_of_nowhere(teams, (groups, passthroughs), vendors, self.root, scope.report)
        keys = [f"{vendor.name}={key.value}" for vendor in vendors.values() for key in vendor.keys]
        check_guards(self.document.guardrails, self.root, scope)
        contents = [f"{path}={content!r}" for path, content in self.sources.references.contents.items()]
        return Catalog(
            vendors=MappingProxyType(vendors),
            models=MappingProxyType(groups),
            passthroughs=passthroughs,
            teams=MappingProxyType(teams),
            tool_servers=MappingProxyType(servers),
            agents=MappingProxyType(agents),
            agent_labels=MappingProxyType(self._labels(agents)),
            prices=self._prices(scope),
            settings=self._settings(),
            version=digest(fingerprint, *keys, *contents),
            source=file,
            capabilities=self._capabilities(scope),
            organisations=MappingProxyType(
                self._accounts("organisations", self.document.organisations, scope)
            ),
            tags=MappingProxyType(self._accounts("tags", self.document.tags, scope)),
            guards=MappingProxyType(self._guards(scope)),
            guardrails=self.document.guardrails,
            guarding=self._guarding(),
            retention=compile_retention(
                self.document.retention,
                {name: team.retention for name, team in self.document.teams.items()},
                self.root,
                self.sources.report,
            ),
            cache=self._cache(scope),
        )

    def _scope(self, vendors: Mapping[str, Vendor], models: tuple[str, ...]) -> Scope:
        known = tuple(dict.fromkeys([*vendors, *(self.declared.vendors or ())]))
        guards = tuple(dict.fromkeys([*READY_KINDS, *self.document.guards]))
        return Scope(known, models, self.sources.report, found_strategies(), guards)

    def _vendors(self) -> dict[str, Vendor]:
        if self.declared.vendors is None:
            return vendors_from(self.sources.kinds, self.sources.references.environ)
        nodes = self.root.get("vendors") or _NOWHERE
        return compile_vendors(self.document.vendors or {}, nodes, self.sources)

    def _models(self, vendors: Mapping[str, Vendor]) -> tuple[dict[str, ModelGroup], tuple[Passthrough, ...]]:
        if self.declared.models is None:
            return dict(default_models(vendors)), default_passthroughs(vendors)
        scope = self._scope(vendors, self.declared.models)
        groups: dict[str, ModelGroup] = {}
        passthroughs: list[Passthrough] = []
        for name, entry, node in self._entries("models", self.document.models or {}, model_name):
            group = compile_group(name, entry, node, scope)
            if group is not None:
                groups[name] = group
            elif entry.passthrough is not None and (rule := compile_passthrough(name, entry, node, scope)):
                passthroughs.append(rule)
        check_circles(groups, self.root.get("models") or _NOWHERE, scope)
        warn_of_inner_cascades(groups, self.root.get("models") or _NOWHERE, scope.report)
        return groups, tuple(passthroughs)

    def _teams(self, scope: Scope) -> dict[str, TeamFacts]:
        entries = self._entries("teams", self.document.teams, text_line)
        return {
            name: replace(
                compile_team(name, entry, node, scope),
                limits=compile_account(entry, node, scope),
                users=MappingProxyType(
                    {
                        user: compile_account(account, node.get("users", user) or node, scope)
                        for user, account in entry.users.items()
                    }
                ),
            )
            for name, entry, node in entries
        }

    def _accounts(
        self, section: str, entries: Mapping[str, AccountEntry], scope: Scope
    ) -> dict[str, tuple[Limit, ...]]:
        accounts = {}
        for name, entry, node in self._entries(section, entries, text_line):
            if section == "tags" and "=" not in name:
                self.sources.report.wrong_key(
                    node, f"the tag {quoted(name)}", "a tag's name, `=` and its value"
                )
            accounts[name] = compile_account(entry, node, scope)
        return accounts

    def _tool_servers(self, scope: Scope) -> dict[str, ToolServerFacts]:
        entries = self._entries("tool_servers", self.document.tool_servers, tool_name)
        return {name: compile_server(name, entry, node, scope) for name, entry, node in entries}

    def _rules(self, servers: Mapping[str, ToolServerFacts], scope: Scope) -> tuple[RuleFacts, ...]:
        if not self.document.policies:
            return ()
        # The condition language is imported only if the file has policies.
        policies = importlib.import_module("config.policies")
        declared = policies.Declared(servers, self.declared.agents, self.declared.teams)
        entries = self._entries("policies", self.document.policies, text_line)
        return tuple(
            rule
            for name, entry, node in entries
            for rule in policies.compile_policy(name, entry, node, declared, scope)
        )

    def _agents(self, toolbox: Toolbox) -> dict[str, AgentFacts]:
        entries = list(self._entries("agents", self.document.agents, agent_name))
        agents = {name: compile_agent(name, entry, node, toolbox) for name, entry, node in entries}
        if any(entry.agents or entry.handoffs for _, entry, _ in entries):
            linked = importlib.import_module("config.delegation").linked
            agents = linked(agents, entries, toolbox.scope.report)
        if not self.document.workflows:
            return agents
        compile_workflow = importlib.import_module("config.workflows").compile_workflow
        flows = self._entries("workflows", self.document.workflows, agent_name)
        return agents | {
            name: compile_workflow(name, entry, node, toolbox, agents) for name, entry, node in flows
        }

    def _labels(self, agents: Mapping[str, AgentFacts]) -> dict[str, Split]:
        if not self.document.agent_labels:
            return {}
        compile_split = importlib.import_module("config.splitting").compile_split
        report = self.sources.report
        return {
            label: compile_split(label, shares, node, agents, report)
            for label, shares, node in self._entries("agent_labels", self.document.agent_labels, agent_name)
        }

    def _prices(self, scope: Scope) -> tuple[PriceOverride, ...]:
        entries = self._entries("prices", self.document.prices, text_line)
        return tuple(compile_price(name, entry, node, scope) for name, entry, node in entries)

    def _capabilities(self, scope: Scope) -> tuple[CapabilityOverride, ...]:
        entries = self._entries("capabilities", self.document.capabilities, text_line)
        return tuple(compile_capabilities(name, entry, node, scope) for name, entry, node in entries)

    def _guards(self, scope: Scope) -> dict[str, GuardFacts]:
        entries = self._entries("guards", self.document.guards, text_line)
        return {name: compile_guard(name, entry, node, scope) for name, entry, node in entries}

    def _guarding(self) -> GuardSettings:
        entry = self.document.guarding
        node = self.root.get("guarding", "placeholder_key")
        key = None
        if entry.placeholder_key is not None and node is not None:
            key = secret_at(node, entry.placeholder_key, self.sources.report)
        return GuardSettings(entry.refusal, key, entry.scope)

    def _entries(
        self, section: str, entries: Mapping[str, _T], check: Callable[[object], str]
    ) -> Iterator[tuple[str, _T, Node]]:
        """The entries of a section with their positions; an invalid name is reported."""
        for name, entry in entries.items():
            node = self.root.get(section, name) or _NOWHERE
            try:
                check(name)
            except Unfit as unfit:
                self.sources.report.wrong_key(node, f"the name {quoted(name)}", unfit.allowed, unfit.hint)
            yield name, entry, node

    def _settings(self) -> Settings:
        document = self.document
        server, ledger = document.server, document.ledger
        return Settings(
            host=server.host,
            port=server.port,
            max_body_bytes=server.max_body,
            max_upload_bytes=server.max_upload,
            body_timeout=server.body_timeout,
            keep_alive=server.keep_alive,
            drain_seconds=server.drain,
            cors_origins=server.cors_origins,
            unpriced=ledger.unpriced,
            assumed_price=self._assumed_price(),
            on_disconnect=server.on_disconnect,
            spool_fsync=ledger.fsync,
            database=document.stores.database,
            redis=document.stores.redis,
            redis_deadline=document.stores.redis_deadline,
            queue_seconds=document.reliability.queue,
            empty_fails=document.reliability.empty_fails,
            hedge_budget=document.reliability.hedge_budget,
            breakers=document.reliability.breakers,
            retry_budget=document.reliability.retry_budget,
            log_format=document.log.format,
            log_level=document.log.level,
            admin_key=self._admin_key(),
            alerts=compile_alerts(document.alerts, self.root.get("alerts"), self.sources.report),
            tracing=compile_tracing(document.tracing, self.root.get("tracing"), self.sources.report),
            batches=BatchSettings(
                document.batches.concurrency,
                document.batches.max_lines,
                document.batches.max_file,
                document.batches.keep,
                document.batches.folder,
            ),
        )

    def _assumed_price(self) -> PriceOverride | None:
        ledger = self.document.ledger
        entry = ledger.assumed_price
        node = self.root.get("ledger") or _NOWHERE
        if entry is None:
            if ledger.unpriced == "assume":
                allowed = "assumed_price: {input: 1.00, output: 3.00}, in US dollars per million tokens"
                self.sources.report.gap(node, "unpriced: assume without an assumed_price", allowed)
            return None
        place = node.get("assumed_price")
        if ledger.unpriced != "assume" and place is not None:
            found = f"assumed_price beside unpriced: {ledger.unpriced}"
            self.sources.report.wrong_key(
                place, found, "unpriced: assume", "Without it the price is never used."
            )
        return override("*", entry, place or node, self.sources.report)

    def _cache(self, scope: Scope) -> CacheFacts:
        entry, place = self.document.cache, self.root.get("cache", "store")
        if entry.store == "redis" and self.document.stores.redis is None and place is not None:
            self.sources.report.gap(place, "store: redis without a server", "stores.redis: redis://host:6379")
        check_embedder(entry, self.root.get("cache"), scope)
        for name, team in self.document.teams.items():
            check_embedder(team.cache, self.root.get("teams", name, "cache"), scope)
        keys = answer_keys(entry, self.root.get("cache"), self.sources.report)
        return replace(compile_cache(entry, self.document.teams), encrypt=keys)

    def _admin_key(self) -> Secret | None:
        key, node = self.document.admin_key, self.root.get("admin_key")
        if key is None or node is None:
            return None
        if len(key) < SHORT_ADMIN_KEY:
            allowed = f"at least {SHORT_ADMIN_KEY} characters"
            self.sources.report.warn(
                node, f"an admin key of {len(key)} characters", allowed, "It can be guessed."
            )
            return Secret(key, node.origin or "literal")
        return secret_at(node, key, self.sources.report)
