"""Finds personal data by its form, confirmed by a checksum if it has one, otherwise by context words."""

from collections.abc import Iterable, Mapping
from types import MappingProxyType

import phonenumbers

from config.catalog import GuardFacts
from config.guard_kinds import Takes
from guardrails.allowing import Allowed
from guardrails.forms import FormGuard, own_rules, stages_of
from guardrails.guard import Guard, GuardKind
from guardrails.personal import contact, identity, mail, money, national, network, postal
from guardrails.rules import Rule, Rules

# The rules of `phone` and `national` are built from the countries.
TYPES: Mapping[str, tuple[Rule, ...]] = MappingProxyType(
    {
        "email": mail.EMAILS,
        "phone": (),
        "card": (money.CARD, money.CARD_SPELT, money.CARD_TRACK),
        "iban": (money.IBAN,),
        "routing": (money.ROUTING,),
        "crypto": (
            money.BITCOIN,
            money.SEGWIT,
            money.ETHEREUM,
            money.MONERO,
            money.BITCOIN_CASH,
            money.RIPPLE,
            money.COIN_NAMED,
        ),
        "ip": (network.IPV4, network.IPV4_APART, network.IPV6),
        "mac": (network.MAC, network.MAC_NAMED),
        "url": (network.URL,),
        "url_credentials": (network.URL_CREDENTIALS,),
        "passport": (identity.PASSPORT, identity.PASSPORTS),
        "birth_date": (identity.BIRTH,),
        "address": (postal.ADDRESS, postal.ADDRESS_PLACED, postal.ADDRESS_CALLED),
        "us_ssn": (identity.SSN, identity.SSN_NAMED, identity.SSN_BARE),
        "us_itin": (identity.ITIN,),
        "uk_nhs": (identity.NHS,),
        "uk_nino": (identity.NINO,),
        "de_tax_id": (identity.DE_TAX,),
        "national": (),
    }
)
OPTIONAL = frozenset(["url"])
DEFAULT = tuple(name for name in TYPES if name not in OPTIONAL)
COUNTRIES = ("us", "gb", "de")
_OWN = MappingProxyType({"us_ssn": "us", "us_itin": "us", "uk_nhs": "gb", "uk_nino": "gb", "de_tax_id": "de"})
_NAMES = MappingProxyType({"uk": "gb"})

_KINDS = frozenset(
    [
        "PHONE",
        *(rule.kind for rules in TYPES.values() for rule in rules),
        *(each.kind for each in national.IDS),
    ]
)


def build(facts: GuardFacts) -> Guard:
    """Settings: `types`, `countries`, `thresholds`, `allow`, `patterns` and `words`."""
    countries = tuple(_NAMES.get(each, each) for each in facts.countries) or COUNTRIES
    rules = [*_rules(facts.types or DEFAULT, countries, named=bool(facts.types)), *own_rules(facts)]
    thresholds = {_kind(name): share for name, share in facts.thresholds.items()}
    return FormGuard(
        facts.name,
        Rules(rules, thresholds),
        facts.action or "mask",
        stages_of(facts, ("input",)),
        Allowed(facts.allow),
        tuple(pattern for rule in rules for pattern in rule.patterns),
    )


def _rules(names: Iterable[str], countries: tuple[str, ...], *, named: bool) -> list[Rule]:
    """The rules of these types; unless `named`, ids only of the configured countries."""
    found: list[Rule] = []
    for name in names:
        if name not in TYPES:
            raise ValueError(f"The guard's types hold '{name}'; allowed: {', '.join(TYPES)}.")
        if name == "phone":
            regions = [country.upper() for country in countries]
            found += [contact.phone(regions), contact.glued_phone(regions), contact.CODED_PHONE]
        elif name == "national":
            found += national.rules(countries)
        elif named or _OWN.get(name, countries[0]) in countries:
            found += TYPES[name]
    return found


def _kind(name: str) -> str:
    return name.upper().replace("-", "_")


TAKES = Takes(
    ("types", "countries", "thresholds", "allow", "patterns", "words"),
    types=tuple(TYPES),
    countries=frozenset(
        [*_NAMES, *map(str.lower, phonenumbers.SUPPORTED_REGIONS), *(each.country for each in national.IDS)]
    ),
    thresholds=frozenset(kind.lower() for kind in _KINDS),
)
GUARD = GuardKind(build)
