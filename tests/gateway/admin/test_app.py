"""The API as a whole: the official SDK reads its lists and its errors."""

import openai
import pytest

from tests.gateway.admin.site import site


async def test_the_openai_sdk_reads_lists_and_errors(tmp_path) -> None:
    async with site(tmp_path / "a.db") as box:
        key = box.headers["authorization"].removeprefix("Bearer ")
        client = openai.AsyncOpenAI(
            api_key=key, base_url="http://box/admin/v1", http_client=box.client, max_retries=0
        )
        listed = await client.get("/teams", cast_to=object)
        assert listed["data"][0]["name"] == "support"
        with pytest.raises(openai.NotFoundError) as failure:
            await client.get("/teams/nobody", cast_to=object)
        assert failure.value.code == "not_found"
        with pytest.raises(openai.ConflictError):
            await client.post("/teams", body={"name": "support"}, cast_to=object)
        with pytest.raises(openai.AuthenticationError):
            await client.with_options(api_key="sk-sb-wrong").get("/teams", cast_to=object)
