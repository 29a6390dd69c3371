"""Texts that names are learnt from say truly where their names are."""

from bench.name_texts import samples


def test_spans_are_where_the_names_are() -> None:
    made = list(samples(2000, 3))
    assert made == list(samples(2000, 3))
    assert {span.kind for each in made for span in each.spans} == {"PERSON", "LOCATION", "ORGANIZATION"}
    assert 0.1 < sum(not each.spans for each in made) / 2000 < 0.5
    for each in made:
        assert "{p}" not in each.text and "{{" not in each.text
        ends = [0, *(span.end for span in each.spans)]
        for span, before in zip(each.spans, ends, strict=False):
            assert before <= span.start < span.end <= len(each.text)
            assert each.text[span.start : span.end].strip() == each.text[span.start : span.end]
