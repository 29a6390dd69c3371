"""Vendors' exports are known by their headers, and read exactly."""

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.exports import FORMS, Billed, UnreadableExport, plain, read

NOON = 1_795_608_000  # 2026-11-25, Unix seconds

EXPORTS = {
    "OpenAI's costs": (
        "start_time,end_time,amount_value,amount_currency,line_item,project_id\n"
        f'{NOON},{NOON + 86400},0.1234567891,usd,"gpt-4o-2024-08-06, input",p\n',
        Billed("2026-11-25", "gpt-4o", None, None, 123_456_789),
    ),
    "OpenAI's usage": (
        "start_time,model,input_tokens,output_tokens,input_cached_tokens\n"
        f"{NOON},gpt-4o-2024-08-06,100,20,50\n",
        Billed("2026-11-25", "gpt-4o", 100, 20, None),
    ),
    "Anthropic's costs": (
        "usage_date_utc,model,workspace,token_type,cost_usd\n2026-11-25,claude-haiku-4-5-20251001,w,input,1.5\n",
        Billed("2026-11-25", "claude-haiku-4-5", None, None, 1_500_000_000),
    ),
    "Anthropic's usage": (
        "\ufeffusage_date_utc,model_version,usage_input_tokens_no_cache,usage_input_tokens_cache_write_5m,"
        "usage_input_tokens_cache_read,usage_output_tokens\n2026-11-25,claude-haiku-4-5-20251001,100,10,5,7\n",
        Billed("2026-11-25", "claude-haiku-4-5", 115, 7, None),
    ),
}


@pytest.mark.parametrize("title", EXPORTS)
def test_an_export_is_known_and_read(title: str) -> None:
    text, billed = EXPORTS[title]
    form, found = read(io.StringIO(text))
    assert (form.title, found) == (title, [billed])


def test_every_form_has_an_example() -> None:
    assert set(EXPORTS) == {form.title for form in FORMS}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "line 1 has the columns nothing"),
        ("a,b\n1,2\n", "line 1 has the columns a, b; known are OpenAI's costs (amount_value, start_time)"),
        ("usage_date_utc,model,cost_usd\n2026-11-25,m,much\n", "line 2: 'much' is no amount in dollars"),
        ("usage_date_utc,model,cost_usd\n2026-11-25,m,nan\n", "line 2: 'nan' is no amount in dollars"),
        ("usage_date_utc,model,cost_usd\nsoon,m,1\n", "line 2: "),
        ("start_time,model,input_tokens,output_tokens\n1,m,1.5,1\n", "line 2: '1.5' is no whole number"),
    ],
)
def test_what_cannot_be_read_is_said_with_its_line(text: str, said: str) -> None:
    with pytest.raises(UnreadableExport) as caught:
        read(io.StringIO(text))
    assert said in str(caught.value)


def test_a_day_without_use_is_a_line_without_figures() -> None:
    # As OpenAI's dashboard exports completions: a bucket in which nothing was used has only its time.
    text = (
        "\ufeffstart_time,end_time,start_time_iso,end_time_iso,project_id,num_model_requests,user_id,api_key_id,"
        "model,batch,service_tier,input_tokens,output_tokens,input_cached_tokens\r\n"
        f"{NOON},{NOON + 86400},2026-11-25T12:00:00+00:00,2026-11-26T12:00:00+00:00,,,,,,,,,,\r\n"
        f"{NOON},{NOON + 86400},2026-11-25T12:00:00+00:00,2026-11-26T12:00:00+00:00,proj_1,2,,,"
        "gpt-4o-mini-2024-07-18,false,default,120,30,64\r\n"
    )
    form, found = read(io.StringIO(text, newline=""))
    assert (form.title, found) == ("OpenAI's usage", [Billed("2026-11-25", "gpt-4o-mini", 120, 30, None)])
    _, costs = read(io.StringIO(f"start_time,amount_value,line_item\n{NOON},,\n{NOON},0.5,\n"))
    assert costs == [Billed("2026-11-25", "", None, None, 500_000_000)]


def test_embeddings_have_no_output() -> None:
    text = f"start_time,model,num_model_requests,input_tokens\n{NOON},text-embedding-3-small,3,77\n"
    assert read(io.StringIO(text))[1] == [Billed("2026-11-25", "text-embedding-3-small", 77, 0, None)]


def test_a_name_for_people_is_the_id() -> None:
    assert [plain(name) for name in ("Claude Sonnet 4.5", "Claude Opus 4")] == [
        "claude-sonnet-4-5",
        "claude-opus-4",
    ]


def test_a_snapshot_is_its_model() -> None:
    names = ["gpt-4o-2024-08-06", "claude-haiku-4-5-20251001", "claude-x@20251001", "gpt-4o", "o1-1234"]
    assert [plain(name) for name in names] == ["gpt-4o", "claude-haiku-4-5", "claude-x", "gpt-4o", "o1-1234"]


@given(st.lists(st.lists(st.text(), min_size=1, max_size=5), max_size=4), st.sampled_from(FORMS))
def test_nothing_but_an_error_of_ours_comes_of_garbage(rows: list[list[str]], form: object) -> None:
    file = io.StringIO()
    csv.writer(file).writerows([sorted(form.needs), *rows])  # type: ignore[attr-defined]
    file.seek(0)
    try:
        read(file)
    except UnreadableExport:
        pass
