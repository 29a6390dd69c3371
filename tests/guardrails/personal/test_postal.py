"""An address is told by its street; what only begins like one is none."""

import pytest

from guardrails.personal.postal import ADDRESS, ADDRESS_CALLED, ADDRESS_PLACED
from guardrails.rules import Rules, strongest

RULES = Rules([ADDRESS, ADDRESS_PLACED, ADDRESS_CALLED])


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("(C) 2013 Joachim Strömbergson, 2011 Sybren A. Stüvel; at 12 Main St—ask", "12 Main St"),
        ("(C) 1996-2011 Anthony Green, 2006-2007 Jo Park", ""),
        ("Leitweg 991-12345-67 und Heideweg 12", "Heideweg 12"),
        ("at 221B Baker Street, London NW1 6XE.", "221B Baker Street, London NW1 6XE"),
        ("to 16 Oak Avenue NW, Washington, DC 20500 please", "16 Oak Avenue NW, Washington, DC 20500"),
        ("12345 W. Main St., Apt 4B", "12345 W. Main St., Apt 4B"),
        ("I am at 350 5th Ave, Suite 3300", "350 5th Ave, Suite 3300"),
        ("in der Musterstraße 12, 10115 Berlin ist es", "Musterstraße 12, 10115 Berlin"),
        ("an der Frankfurter Allee 110a", "Frankfurter Allee 110a"),
        ("am Konrad-Adenauer-Platz 1", "Konrad-Adenauer-Platz 1"),
        ("Keizersgracht 123, 1015 CJ Amsterdam", "Keizersgracht 123, 1015 CJ Amsterdam"),
        ("habite 12 bis rue de la Paix, 75002 Paris", "12 bis rue de la Paix, 75002 Paris"),
        ("vivo en Calle Mayor 45, 28013 Madrid.", "Calle Mayor 45, 28013 Madrid"),
        ("sto in Via Roma 12, 00184 Roma", "Via Roma 12, 00184 Roma"),
        ("P.O. Box 1234, Denver, CO 80201", "P.O. Box 1234, Denver, CO 80201"),
        ("på Kungsgatan 4, 111 43 Stockholm", "Kungsgatan 4, 111 43 Stockholm"),
        ("na ul. Długa 10, 00-590 Warszawa", "ul. Długa 10, 00-590 Warszawa"),
        ("45 George Street, Sydney NSW 2000", "45 George Street, Sydney NSW 2000"),
        ("88 Queen St W, Toronto, ON M5H 2N2", "88 Queen St W, Toronto, ON M5H 2N2"),
        ("wohnt Am Markt 3, 28195 Bremen", "Am Markt 3, 28195 Bremen"),
        ("op de Oude Gracht 12 in", "Oude Gracht 12"),
        ("I am at 12 Mill Court now", "12 Mill Court"),
        ("drove to 455 Maple Lane yesterday", "455 Maple Lane"),
        ("we live in 8 Willow Way now", "8 Willow Way"),
        ("8 Willow Way, Austin, TX 78701 it is", "8 Willow Way, Austin, TX 78701"),
        ("the 100 Club Drive raised money", ""),
        ("to 45767 Thomas Ville Apt. 123, or", "45767 Thomas Ville Apt. 123"),
        ("is at 8340 Emily Meadows today", "8340 Emily Meadows"),
        ("8340 Emily Meadows, Boise, ID 83702 it is", "8340 Emily Meadows, Boise, ID 83702"),
        ("the 200 Million Meadows", ""),
        ("the live 300 Row Valley plot", ""),
        ("we live on 12 Data Lakes", ""),
        ("mail to PSC 4115, Box 7815\nAPO AA 41945 now", "PSC 4115, Box 7815\nAPO AA 41945"),
        ("ship USNS Hamilton, FPO AE 28374", "USNS Hamilton, FPO AE 28374"),
        ("Unit 42 Box", ""),
        ("an 8 Tera Drive, a 64 Bit Drive", ""),
        ("switch to 4 Wheel Drive", ""),
        ("auf dem Rückweg 20 Minuten", ""),
        ("Arbeitsplatz 5 ist frei", ""),
        ("vivo en C/ Alcalá 230, 28027 Madrid", "C/ Alcalá 230, 28027 Madrid"),
        ("C/Python 3", ""),
        ("Umleitung Weg 12 ms, Leitungsweg 3 von 4", ""),
        ("Plaza Mayor 4.0 is out", ""),
        ("Im Jahr 1984", ""),
        ("Chapter 5 Road to Nowhere", ""),
        ("the top 10 Best Way", ""),
        ("2 Factor Way", ""),
        ("release 1.2 Main Street", ""),
        ("10 days on the road", ""),
        ("the street has 12 houses", ""),
        ("to 00330 Bennett Station Suite 619.", "00330 Bennett Station Suite 619"),
        ("1547 Shaun Stream, Boise, ID 83702 it is", "1547 Shaun Stream, Boise, ID 83702"),
        ("address: 453 Johnson Port.", "453 Johnson Port"),
        ("wohnhaft Am Waldrand 19 b.", "Am Waldrand 19 b"),
        ("Adresse: Im Jahr 1984", ""),
        ("IP address: 104 Default Gateway, 404 Not Found", ""),
        ("address: 12 Bytes Aligned", ""),
        ("404 Not Found, 8080 Default Port", ""),
        ("Bill to: Ann\n475 Bonnie Union\nPhone: none", "475 Bonnie Union"),
        ("joined by 475 Bonnie Union and others", ""),
        ("address: '8212 Katherine Terrace'", "8212 Katherine Terrace"),
        ("resides at 3 Hilary Viaduct and", "3 Hilary Viaduct"),
        ("the 404 Page Drive Mode", ""),
        ("| 67214 Austin Estate", "67214 Austin Estate"),
        ("street: 736 Smith Stravenue", "736 Smith Stravenue"),
        ("the address is 0685 King Fork.", "0685 King Fork"),
        ("em Av. Paulista, 1578", "Av. Paulista, 1578"),
        ("the street has 5 Whys Lane Detection", ""),
    ],
)
def test_what_is_an_address(text: str, found: str) -> None:
    raw = text.encode()
    assert [raw[each.start : each.end].decode() for each in strongest(RULES.scan(raw), raw)] == (
        [found] if found else []
    )
