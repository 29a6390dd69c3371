"""Plug-ins discovered by folder: one file each, whose name is the name in the YAML."""

import importlib
import pkgutil
from typing import TypeVar

_T = TypeVar("_T")


class PluginError(Exception):
    """A plug-in's file does not declare what its folder requires."""


def discover(package: str, attribute: str, kind: type[_T]) -> dict[str, _T]:
    """Every `attribute` of the modules in a package, by YAML name (`azure_openai.py` is `azure-openai`).

    Modules whose names begin with `_` are not plug-ins. Raises PluginError naming a file that lacks the
    attribute.
    """
    folder = importlib.import_module(package).__path__
    found: dict[str, _T] = {}
    for entry in sorted(pkgutil.iter_modules(folder), key=lambda entry: entry.name):
        if entry.name.startswith("_"):
            continue
        module = importlib.import_module(f"{package}.{entry.name}")
        plugin = getattr(module, attribute, None)
        if not isinstance(plugin, kind):
            given = "does not declare it" if plugin is None else f"declares a {type(plugin).__name__}"
            raise PluginError(f"{module.__file__} must declare {attribute}, a {kind.__name__}; it {given}")
        found[entry.name.replace("_", "-")] = plugin
    return found


def load(package: str, name: str, attribute: str, kind: type[_T]) -> _T:
    """One plug-in by its YAML name; the others in its folder, and what they need, are not imported."""
    module = importlib.import_module(f"{package}.{name.replace('-', '_')}")
    plugin = getattr(module, attribute, None)
    if not isinstance(plugin, kind):
        raise PluginError(f"{module.__file__} must declare {attribute}, a {kind.__name__}")
    return plugin
