"""A response that lies at its vendor is shown with what was masked in it, to who said it."""

from pathlib import Path

from tests.gateway.responses.test_going_on import ADMIN, Keeping, asked, id_in, new_key
from tests.gateway.responses.test_masks import MAIL, masking


async def test_what_was_masked_is_shown_to_who_said_it(tmp_path: Path) -> None:
    vendor = Keeping("a")
    async with masking(tmp_path, vendor) as relay:
        made = id_in(await asked(relay, input=MAIL))
        vendor.shows = vendor.texts[made]
        assert MAIL not in vendor.shows
        shown = await relay.here.get(f"/v1/responses/{made}")
        assert shown.json()["output"][0]["content"][0]["text"] == MAIL
        keys = (await relay.here.client.get("/admin/v1/keys", headers=ADMIN)).json()
        other = await new_key(relay, team=keys["data"][0]["team"])
        shown = await relay.here.client.get(f"/v1/responses/{made}", headers=other)
        assert shown.json()["output"][0]["content"][0]["text"] == vendor.shows
