"""The list of commands."""

from importlib.metadata import version
from typing import Annotated

import typer

from gateway.cli.late import Late, listed

COMMANDS = (
    Late("serve", "gateway.cli.serve", "serve", "Run the gateway."),
    Late(
        "init",
        "gateway.cli.init",
        "init",
        "Write a commented signalbox.yaml with the vendors whose keys are in the environment.",
    ),
    Late(
        "check",
        "gateway.cli.check",
        "check",
        "Validate a configuration without using it. Exit code 1 if something is wrong.",
    ),
    Late(
        "show",
        "gateway.cli.show",
        "show",
        "Show the effective configuration; secrets are masked, defaults are marked.",
    ),
    Late("usage", "gateway.cli.usage", "usage_command", "Show who used what and what it cost."),
    Late(
        "targets",
        "gateway.cli.targets",
        "targets_command",
        "Show each target's health: breaker, averages, cost, calls in flight, keys and their waits.",
    ),
    Late(
        "explain",
        "gateway.cli.explain",
        "explain_command",
        "Explain one request: who, which rules, which figures, which route, what it cost.",
    ),
    Late(
        "route",
        "gateway.cli.route",
        "route_command",
        "Show the plan for a call and the reason for each target, without calling anyone.",
    ),
    Late(
        "replay",
        "gateway.cli.replay",
        "replay_command",
        "Run recorded calls through a configuration and show what changes: targets, cost, refusals, time.",
    ),
    Late(
        "simulate",
        "gateway.cli.simulate",
        "simulate",
        "Run the simulator: an OpenAI-compatible vendor with faults on demand that keeps its own bill.",
    ),
    Late("keys", "gateway.cli.keys", "app", "Create, list, revoke and rotate keys."),
    Late("teams", "gateway.cli.teams", "app", "List, show, create and archive teams."),
    Late("limits", "gateway.cli.limits", "app", "Show the usage of limits and budgets."),
    Late("router", "gateway.cli.router", "app", "Train, evaluate and show the difficulty router."),
    Late("batches", "gateway.cli.batches", "app", "List, show and cancel batches that the gateway runs."),
    Late("guard", "gateway.cli.guard", "app", "Try guards on texts, and report what they did."),
    Late("cache", "gateway.cli.cache", "app", "Show, warm and purge stored answers."),
    Late(
        "embedder",
        "gateway.cli.embedder",
        "app",
        "Install and evaluate the sentence model of the semantic cache.",
    ),
    Late("audit", "gateway.cli.audit", "app", "Verify and export the audit log."),
    Late(
        "erase", "gateway.cli.erase", "erase_command", "Erase everything about a user, except what was paid."
    ),
    Late("ledger", "gateway.cli.ledger", "app", "Reconcile with vendors' exports, charge teams."),
    Late(
        "agents",
        "gateway.cli.agents",
        "app",
        "List declared agents, plan and apply changes to them, pin tools.",
    ),
    Late(
        "runs",
        "gateway.cli.runs",
        "app",
        "List, show, watch, cancel, fork, explain and replay agent runs.",
    ),
    Late(
        "stop", "gateway.cli.stop", "app", "Kill switches: stop agents, tools, models, teams or everything."
    ),
    Late(
        "approvals",
        "gateway.cli.approvals",
        "app",
        "List, show, approve and deny tool calls that wait for a person.",
    ),
)


def _print_version(asked: bool) -> None:
    if asked:
        typer.echo(f"signalbox {version('signalbox-gateway')}")
        raise typer.Exit


app = typer.Typer(
    name="signalbox",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


@app.callback()
def signalbox(
    _version: Annotated[
        bool,
        typer.Option("--version", callback=_print_version, is_eager=True, help="Print the version and exit."),
    ] = False,
) -> None:
    """An LLM gateway: one process between your applications and the model vendors, with an exact ledger.

    Start with `signalbox serve`.
    """


listed(app, COMMANDS)


def main() -> None:
    """The entry point of the console script."""
    app(prog_name="signalbox")
