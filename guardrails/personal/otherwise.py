"""Words before a number that say it is something else: an article, a lot, an order."""

from guardrails.rules import search

# These words suffice by themselves.
_SURELY = (
    "build|lot|batch|article|part|model|item|sku|serial|catalog(?:ue)?|product|patent|isbn|issn|mpn|p/n|upc|ean|"
    "gtin|nsn|oem|docket|tracking|consignment|shipment|invoice|barcode|parcel|waybill|awb|container|"
    r"r\xc3\xa9f(?:\xc3\xa9rence)?|ref(?:erence)?|seal|pallet|codes|tickets|cases|jobs|requests|ranges|values|rows|sizes|versions|offsets|"
    r"artikel|modell|teile?|rechnung|facture|factura|fattura|faktura|factuur|fatura|art\xc3\xadculo|"
    r"articolo|artigo|modelo|modello|lote|lotto"
)
# These may also precede a phone number, so they need a word such as "number".
_NUMBERED = (
    "order|ticket|case|request|booking|job|quote|customer|account|user|session|transaction|device|"
    "object|event|message|record|row|node|task|process|thread|run|trace|parent|client|tenant|campaign|payment|"
    r"bestell|bestellung|auftrags?|kunden|vorgangs?|commande|pedido|ordine|"
    r"bestelling|zam\xc3\xb3wieni[ea]|encomenda|ordre"
)
_NUMBER = (
    r"(?:numbers?|numeros?|n\xc3\xbameros?|num\xc3\xa9ros?|nummer|nos?|nr|num|id|ids|code|n\xc2[\xb0\xba]|#)"
)
_BEFORE = search(
    (
        rf"(?i)(?:\A|[^a-z0-9])(?:(?:{_SURELY})s?(?:[ _-]?{_NUMBER})?|(?:{_NUMBERED})s?[ _-]?{_NUMBER})"
        r"\.?[\"']?[ \t]{0,2}[:=#]?[ \t]{0,2}[\"'#]?(?:[0-9][0-9.-]{5,16}[,;]?(?: [a-z]{1,12}){0,2} ){0,3}\z"
    ).encode("latin-1")
)
# A name of something that machines count, right before an undivided number: seq=, "hash": "
_COUNTED = search(
    rb"(?i)(?:(?:\A|[^a-z0-9])(?:id|hash|seq(?:uence)?|ts|timestamp|time|count|size|len(?:gth)?|bytes|offset|pid|"
    rb"[mnu]s|index|crc|checksum|total|sum|duration|nonce|height|epoch|port|lag|limit|ticks|token|serial|seed|key|rows)"
    rb"|(?-i:[a-z](?:Id|ID|Seq|Ts|Timestamp|Time|Count|Size|Length|Hash|Offset|Index|Key)))"
    rb"[\"']?[ \t]?[:=][ \t]?[\"'#]?\z"
)
_REACH = 80  # bytes
_NEVER = frozenset([b",", b";", b"|", b"(", b"\n"])  # a table cell may begin after these


def headed_otherwise(heading: bytes) -> bool:
    """Whether a column's heading says that its numbers are something else."""
    said = heading + b": "
    return otherwise(said, len(said))


def otherwise(text: bytes, start: int) -> bool:
    """Whether the words before a number say that it is something else."""
    if text[start - 1 : start] in _NEVER:
        return False
    # Copied, because \z does not match at the end of a search range.
    said = text[max(0, start - _REACH) : start]
    return _BEFORE(said, 0, len(said))[0][0] >= 0


def is_counted(text: bytes, start: int) -> bool:
    """Whether the name of something that machines count directly precedes a number."""
    if text[start - 1 : start] not in _GIVEN:
        return False
    said = text[max(0, start - _REACH) : start]
    return _COUNTED(said, 0, len(said))[0][0] >= 0


_GIVEN = frozenset([b"=", b":", b" ", b'"', b"'", b"#"])
