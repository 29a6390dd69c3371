"""Texts with names at known positions, made from templates, and texts without names."""

import random
import re
from collections.abc import Iterator
from typing import NamedTuple

from bench.name_words import CITIES, FAMILY, FIRM_ENDS, FIRMS, FIRMS_WHOLE, GIVEN, LANDS


class Span(NamedTuple):
    """A name in a text."""

    kind: str
    start: int
    end: int


class Sample(NamedTuple):
    """A text with all its names; `source` is the number of its template."""

    text: str
    spans: tuple[Span, ...]
    source: int


# {p} a person, {g} a given name, {f} a family name, {c} a city, {l} a country, {o} an organisation.
_PERSON = """
My name is {p} and I was charged twice this month.
Hi, this is {g} from the billing team.
Hello {g}, thanks for getting back to me so quickly!
Dear Mr. {f}, please find attached the signed contract.
Dear Dr. {p},\\n\\nthank you for seeing my father last week.
Dear Mrs {f}, your appointment was moved to Thursday.
Kind regards,\\n{p}
Best,\\n{g}\\n{o}
Sincerely yours,\\n\\n{p}\\nHead of Procurement, {o}
Please forward this to {p} and copy {g}.
{p} called about the invoice, she wants a refund.
I spoke with {p} yesterday, who told me it was fixed.
The patient, {p}, was admitted with chest pain.
Patient {p} (72) denies any allergies.
According to {p}, the meeting is at noon.
{p} wrote the report; {p} reviewed it.
Can you write a recommendation letter for my student {p}?
Schedule a call with {g} and {g} next Tuesday.
Remind {g} to send the slides.
Summarise the conversation between {p} and {p}.
Customer: {p}\\nOrder: 4417\\nStatus: shipped
{{"name": "{p}", "age": 42, "active": true}}
{{"first_name": "{g}", "last_name": "{f}", "plan": "pro"}}
{{"customer": {{"full_name": "{p}", "city": "{c}"}}, "total": 19.90}}
name,city,amount\\n{p},{c},120\\n{p},{c},80
| Employee | Office |\\n|---|---|\\n| {p} | {c} |
From: {p} <someone@example.com>\\nTo: {p}\\nSubject: quarterly numbers
{g} {f} vs. {o}: the court decided in favour of {f}.
Ms. {f} has been working here since 2014.
Our CEO {p} will present the results.
Prof. {f} teaches statistics on Mondays.
my boss {g} keeps asking me for the numbers, what do I tell him?
i live with my girlfriend {g} and our dog
tell {g} i said hi
Ask {g} whether the tests pass.
Is {p} available on Friday?
Who is {p}?
What did {p} say about the merger?
Signed: {p}, {c}, 3 May 2021
Account holder: {p}
Beneficiary {p}, reference 2231
The tenant ({p}) shall pay the rent monthly to the landlord ({p}).
@{g} could you take a look at this?
{g}: are you there?\\n{g}: yes, one minute
Speaker 1 ({p}): we should wait.
Mein Name ist {p} und ich habe eine Frage zu meiner Rechnung.
Sehr geehrte Frau {f}, vielen Dank für Ihre Anfrage.
Bonjour, je m'appelle {p} et je vous écris de {c}.
Hola, soy {p}, vivo en {c} y necesito ayuda con mi pedido.
{f}, {g}\\tmissed the appointment
Passenger {f}/{g} has seat 14A.
Happy birthday, {g}!
{p}'s password was reset.
Give the keys to {p}'s brother {g}.
It was {g}'s idea, not mine.
Translate into French: "{g} is waiting for {g} at the station."
Draft an email to {p} declining the offer.
The nurse, {g}, called {p}'s wife.
{p} was born in {c} in 1981 and studied in {c}.
Contact {p} at extension 3312.
Assigned to {g} {f} by {g}.
Reviewed-by: {p}
Author: {p}
/* fix by {p} */
The painting is by {p}, a friend of {p}.
"""
_PLACE = """
I live in {c}, {l}.
We moved from {c} to {c} last year.
Ship it to 12 Elm Street, {c}, {l}.
Flights from {c} to {c} on 4 March
What is the weather like in {c}?
Our {c} office is closed on Monday.
The factory in {c} was sold to {o}.
Best restaurants in {c} for a family of four?
She travelled through {l} and {l} for six months.
The {l} government announced new rules.
A train from {c} arrives at nine.
Which vaccines do I need for {l}?
Is {c} in {l}?
What is the capital of {l}?
Customers in {l} pay no fee.
{c} is colder than {c}.
Plan a week in {l}: two days in {c}, then the coast.
How far is it from {c} to {l}?
{{"city": "{c}", "country": "{l}", "zip": "10115"}}
city: {c}
Ort: {c}, Land: {l}
Heavy rain was reported near {c} and across {l}.
Born in {c}, raised in {l}.
the next meetup is in {c}
any good coworking spaces in {c}?
Prices in {c} rose by four percent.
The conference takes place in {c} in September.
Ich wohne in {c} und arbeite in {c}.
J'habite à {c} depuis dix ans.
Vivo en {c}, {l}.
The river flows through {l} and {l}.
He was deported from {l}.
Exports to {l} fell.
"""
_FIRM = """
I work for {o} in {c}.
{o} announced that it will acquire {o}.
I was a nurse at {o} until 2019.
The contract between {o} and {o} ends in June.
Our client {o} did not pay.
Invoice from {o}, due in 30 days
{o} hired {p} as its new CFO.
He studied at {o}.
Send the parcel to {o}, attention {p}.
Vendor: {o}
{{"company": "{o}", "contact": "{p}"}}
employer,{o}\\nposition,analyst
What does {o} do?
Is {o} a good place to work?
{o} shares fell by 3 % on Tuesday.
My account at {o} was closed without notice.
{p} of {o} declined to comment.
{o}'s lawyers replied on Monday.
A spokesperson for {o} said the plant in {c} stays open.
She left {o} to join {o}.
According to {o}, sales in {l} doubled.
Wir haben den Vertrag mit {o} gekündigt.
Il travaille chez {o} à {c}.
Founded in 1921, {o} makes tractors.
The lawsuit against {o} was dropped.
Please compare the offers of {o} and {o}.
"""
# These have no names of people, places or organisations, but other capitalised words.
_NOTHING = """
The build failed on Tuesday because the Docker image was missing.
Write a Python function that returns the Fibonacci numbers.
How do I center a div in CSS?
Explain the difference between TCP and UDP.
In January the API returned 500 errors; in February it did not.
SELECT * FROM orders WHERE status = 'OPEN';
Add a Redis cache in front of the PostgreSQL database.
Use React hooks instead of class components.
What is the derivative of sin(x)?
Kubernetes restarts the Pod when the Liveness probe fails.
TypeError: cannot read properties of undefined
The Title Of This Document Is Not Important
Terms and Conditions\\n1. Definitions\\n2. Payment
Dear Sir or Madam, please find attached my application.
Dear Customer, your order was shipped.
To whom it may concern
Hello World!
Hi there, can you help me?
Thank You!
Good Morning, how can I help you today?
Best regards,\\nthe support team
I feel sad today. What should I do?
Summarise the following text in three bullet points.
Translate this sentence into German.
Is English harder than Spanish?
The French and Italian versions differ.
My mother and my brother arrive on Friday.
The CEO asked the CFO about the Q3 results.
Please send me the PDF by Monday.
Roses are red, violets are blue.
The Bible and the Quran are read by many.
Happy New Year! Merry Christmas!
World War II ended in 1945.
Open Settings, then Privacy, then Location.
Press Ctrl and Delete.
Order Number: 4417\\nOrder Date: 3 May\\nTotal: 19.90
Name:\\nAddress:\\nPhone:
first name, last name, date of birth
{{"status": "OK", "id": "req_81f", "model": "gpt-4o-mini"}}
{{"type": "object", "properties": {{"city": {{"type": "string"}}}}, "required": ["city"]}}
git rebase --interactive HEAD~3
Traceback (most recent call last):
Error: ECONNREFUSED 127.0.0.1:5432
You are a helpful assistant. Answer briefly.
Act as a Senior Software Engineer and review this code.
As a Product Manager I want a Dashboard so that I see Revenue.
Chapter One. The Beginning.
What would a Doctor or a Lawyer say about this?
My cat is sick. The Vet is closed on Sunday.
Vitamin D and Omega 3 are good for you.
Ich habe eine Frage zu meiner Rechnung.
Der Vertrag wurde am Montag von der Firma gekündigt.
Die Rechnung und das Angebot liegen auf dem Tisch.
Bonjour, je voudrais annuler ma commande.
Hola, necesito ayuda con mi pedido.
The Model Context Protocol and the Language Server Protocol
Use an iPhone or an Android phone.
A Markov chain and a Turing machine
The Pythagorean theorem, Newton's method and Bayes' rule
JSON, YAML and XML are formats.
Make it sound more Professional and less Casual.
IMPORTANT: READ THIS FIRST
WARNING: DO NOT TOUCH
Step 1: Preheat the oven. Step 2: Mix the flour.
Monday: Legs. Tuesday: Chest. Wednesday: Rest.
Version 2.3.1 fixes a Bug in the Parser.
She said that he will be late.
We met him at the station with her sister.
Which Star is the brightest in the sky?
The Manager of the Hotel was rude, the Room was dirty.
I need a letter of recommendation for a job.
Dad and Mom went to the Bank.
The Supreme Court and Parliament disagree.
Create a table with columns Name, City and Country.
A poem about Spring and Autumn, please
Who won the match yesterday?
What is machine learning?
"""


def samples(count: int, seed: int) -> Iterator[Sample]:
    """Yields `count` samples, the same for the same seed."""
    rng = random.Random(seed)
    named = [each for block in (_PERSON, _PLACE, _FIRM) for each in block.strip().splitlines()]
    plain = _NOTHING.strip().splitlines()
    for _ in range(count):
        number = rng.randrange(len(named) + len(plain))
        template = named[number] if number < len(named) else plain[number - len(named)]
        yield _filled(template.replace("\\n", "\n").replace("\\t", "\t"), number, rng)


def _filled(template: str, number: int, rng: random.Random) -> Sample:
    said, spans = "", []
    case = rng.choice((str, str, str, str, str, str.lower, str.upper))
    for part in re.split(r"(\{[pgfclo]\})", template):
        if len(part) == 3 and part[0] == "{" and part[1] in _MADE:
            kind, made = _MADE[part[1]]
            name = made(rng)
            spans.append(Span(kind, len(said), len(said) + len(name)))
            said += name
        else:
            said += part.replace("{{", "{").replace("}}", "}")
    changed = case(said)
    return Sample(changed if len(changed) == len(said) else said, tuple(spans), number)


def _given(rng: random.Random) -> str:
    return rng.choice(GIVEN)


def _family(rng: random.Random) -> str:
    return rng.choice(FAMILY)


def _person(rng: random.Random) -> str:
    middle = rng.choice(("", "", "", "", f"{rng.choice('ABCDEFGHJKLMRST')}. ", f"{_given(rng)} "))
    family = f"{_family(rng)}-{_family(rng)}" if rng.random() < 0.05 else _family(rng)
    return f"{_given(rng)} {middle}{family}"


def _firm(rng: random.Random) -> str:
    draw = rng.random()
    if draw < 0.3:
        return rng.choice(FIRMS_WHOLE)
    if draw < 0.45:
        return f"{_family(rng)} {rng.choice(FIRM_ENDS)}"
    if draw < 0.55:
        return f"{_family(rng)} & {_family(rng)}"
    if draw < 0.65:
        return (
            f"{rng.choice(('University of', 'Bank of', 'City Council of', 'Port of'))} {rng.choice(CITIES)}"
        )
    return f"{rng.choice(FIRMS)} {rng.choice(FIRM_ENDS)}" if draw < 0.9 else rng.choice(FIRMS)


_MADE = {
    "p": ("PERSON", _person),
    "g": ("PERSON", _given),
    "f": ("PERSON", _family),
    "c": ("LOCATION", lambda rng: rng.choice(CITIES)),
    "l": ("LOCATION", lambda rng: rng.choice(LANDS)),
    "o": ("ORGANIZATION", _firm),
}
