"""A number is announced by a word right before it, in whatever language."""

import pytest

from guardrails.personal.announcing import announced


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Tel.: ", True),
        ("my phone number's ", True),
        ('{"phone_number": "', True),
        ("Телефон ", True),
        ("手机号: ", True),
        ("手机号：", True),
        ("我的电话", True),
        ("tél.\u00a0:\u00a0", True),
        ("homePhone=", True),
        ("iPhone ", False),
        ("my number is ", True),
        ("the number is ", False),
        ("call(", False),
        ("emergency contact (", True),
        ("Phone (mobile): ", True),
        ("- Mobile: **", True),
        ("<td>Mobile</td><td>", True),
        ("a voicemail from ", True),
        ("mail from ", False),
        ("rufen Sie mich an unter ", True),
        ("hmu at ", True),
        ("proszę dzwonić: ", True),
        ("Your OTP was sent to ", True),
        ("can be reached at ", True),
        ("it has reached ", False),
        ("我的手机号是", True),
        ("電話番号は", True),
        ("number_of_calls ", False),
        ("fijo: ", True),
        ("ring til mig på ", True),
        ("hotel: ", False),
        ("Ann Lee\nT ", True),
        ("plan T ", False),
        ("me joindre au ", True),
        ("Rückfragen unter ", True),
        ("Telefone para contato: ", True),
        ("Tel: 212-348-293 / ", True),
        ("office 201 368 4036 or ", True),
        ("rows 212-348-293 / ", False),
        ("call the function ", False),
        ("the phone costs ", False),
        ("ANI ", True),
        ("mój numer to ", True),
        ("mitt nummer är ", True),
        ("the number of calls: ", False),
        ("mi numero es el ", True),
        ("meine nr ist ", True),
        ("the nr ", False),
        ("我的号码是", True),
        ("", False),
    ],
)
def test_what_announces_a_number(text: str, expected: bool) -> None:
    assert announced(text.encode(), len(text.encode())) is expected
