"""Warning signs in a finished answer: wrong arithmetic, a missing end, expressed doubts."""

import re
from math import log1p

from routing.difficulty.features import Features, features

_SUMS = re.compile(
    r"(-?\d[\d,]*\.?\d*)\s*([-+*/x×÷])\s*\$?(-?\d[\d,]*\.?\d*)\s*=\s*(?:<<[^>]*>>)?\s*\$?(-?\d[\d,]*\.?\d*)"
)
_DOUBTS = re.compile(
    r"\b(?:however|wait|assume|assuming|not clear|unclear|cannot|impossible|seems|probably|but since"
    r"|error|mistake|approximately|about|roughly)\b",
    re.IGNORECASE,
)
_FINAL = re.compile(
    r"(?:####|answer is|answer:|therefore|so,|total)[^\n]*?(-?\$?\d[\d,]*\.?\d*)", re.IGNORECASE
)
_NUMBER = re.compile(r"\d[\d,]*\.?\d*")
_TOLERANCE = 0.011  # answers are rounded to cents


def checked(question: str, answer: str) -> Features:
    """Features of a cheap model's whole answer: its words; the figures of question, answer and checks."""
    asked, said = features(question), features(answer)
    return Features(said.words, [*asked.figures, *said.figures, *_figures(question, answer)])


def _figures(question: str, answer: str) -> list[float]:
    body = answer.strip()
    wrong, sums = _sums(body)
    finals = _FINAL.findall(body)
    last = finals[-1].strip("$").replace(",", "") if finals else ""
    known = {number.replace(",", "") for number in _NUMBER.findall(question)}
    used = {number.replace(",", "") for number in _NUMBER.findall(body)}
    return [
        1.0 if wrong else 0.0,
        log1p(wrong),
        log1p(sums),
        1.0 if finals else 0.0,
        1.0 if "####" in body else 0.0,
        1.0 if "." in last else 0.0,
        1.0 if last.startswith("-") else 0.0,
        1.0 if last in known else 0.0,
        log1p(len(last)),
        log1p(len(_DOUBTS.findall(body))),
        log1p(body.count("\n")),
        len(known - used) / max(len(known), 1),
        log1p(len(used - known)),
        log1p(max(0, len(body.splitlines()) - len(set(body.splitlines())))),
        1.0 if body[-1:] in (".", "!", "}", ")", "`") or body[-1:].isdigit() else 0.0,
    ]


def _sums(text: str) -> tuple[int, int]:
    """How many calculations are wrong, and how many there are."""
    wrong = found = 0
    for left, sign, right, result in _SUMS.findall(text):
        try:
            a, b, c = (float(each.replace(",", "").rstrip(".")) for each in (left, right, result))
            value = _apply(a, sign, b)
        except (ValueError, ZeroDivisionError):
            continue
        found += 1
        wrong += abs(value - c) > _TOLERANCE * max(1.0, abs(c))
    return wrong, found


def _apply(a: float, sign: str, b: float) -> float:
    if sign == "+":
        return a + b
    if sign == "-":
        return a - b
    return a / b if sign in "/÷" else a * b
