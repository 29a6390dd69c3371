"""The notation of phrases: words, with what people put between them."""

from guardrails.forms import latin

S = r"[\s,:*\"'_-]{1,4}"
FEW = r"(?:[\w'’]{1,14}" + S + r"){0,4}"
TWO = r"(?:[\w'’]{1,14}" + S + r"){0,2}"


def words(form: str) -> str:
    """A pattern for bytes that begins with a word; case and the number of spaces do not count."""
    return latin(r"(?i)\b(?:" + form.replace(" ", r"\s{1,4}") + ")")
