"""Reloading: whole or not at all, whoever asks for it."""

import asyncio
import gc
import os
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path

import pytest

from config.catalog import Catalog, Loaded
from config.defaults import default_catalog
from config.errors import ConfigError, Problem
from config.kinds import VendorKind
from config.load import load_file
from config.watch import LOOK_SECONDS, SETTLE_SECONDS, Reloader, stamps
from tests.patience import in_time, patient, until

Kinds = dict[str, VendorKind]
GOOD = "vendors: {{local: {{kind: openai-like, base_url: 'http://localhost:{port}'}}}}"


class Rig:
    """A file, a reloader of it, and every catalog that it put in force."""

    def __init__(self, file: Path, kinds: Kinds) -> None:
        self.file = file
        self.swapped: list[Catalog] = []
        self.now = 0.0
        load = partial(load_file, file, kinds, {})
        self.reloader = Reloader(load, load(), self.swapped.append, lambda: self.now)

    def write(self, port: int) -> None:
        self.file.write_text(GOOD.format(port=port))

    @property
    def url(self) -> str:
        return self.reloader.catalog.vendors["local"].base_url

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        async with asyncio.TaskGroup() as tasks:
            task = tasks.create_task(self.reloader.run())
            await asyncio.sleep(0.3)  # the watch of the folder begins in a thread
            yield
            task.cancel()


@pytest.fixture
def rig(tmp_path: Path, kinds: Kinds) -> Rig:
    file = tmp_path / "signalbox.yaml"
    file.write_text(GOOD.format(port=1))
    return Rig(file, kinds)


async def test_a_changed_file_is_put_in_force(rig: Rig) -> None:
    rig.write(2)
    rig.now = 7.0
    outcome = await rig.reloader.reload()
    assert (outcome.result, outcome.at, outcome.version) == ("changed", 7.0, rig.reloader.catalog.version)
    assert rig.url == "http://localhost:2"
    assert rig.swapped == [rig.reloader.catalog]


async def test_a_file_that_is_written_while_it_is_read_is_read_again(rig: Rig) -> None:
    whole = rig.reloader._load

    def in_the_middle() -> Loaded:
        if rig.swapped or rig.file.read_text() != begun:
            return whole()
        found = whole()  # of a beginning
        rig.write(3)
        return found

    begun = "# ours\n"
    rig.reloader._load = in_the_middle
    rig.file.write_text(begun)
    assert (await rig.reloader.reload()).result == "changed"
    assert len(rig.swapped) == 1
    assert rig.url == "http://localhost:3"


async def test_an_empty_file_may_be_about_to_be_written(rig: Rig) -> None:
    rig.file.write_text("")
    asyncio.get_running_loop().call_later(SETTLE_SECONDS / 4, rig.write, 4)
    assert (await rig.reloader.reload()).result == "changed"
    assert (len(rig.swapped), rig.url) == (1, "http://localhost:4")


async def test_a_file_that_stays_empty_takes_nothing_out_of_force(rig: Rig) -> None:
    """As it is left by who had no room to write it."""
    before = rig.reloader.catalog
    rig.file.write_text("")
    assert (await rig.reloader.reload()).result == "refused"
    assert rig.reloader.catalog is before and rig.swapped == []


async def test_an_unchanged_file_keeps_the_very_catalog(rig: Rig) -> None:
    before = rig.reloader.catalog
    rig.file.write_text(GOOD.format(port=1) + "\n# a comment")
    assert (await rig.reloader.reload()).result == "unchanged"
    assert rig.reloader.catalog is before and rig.swapped == []


async def test_an_invalid_file_changes_nothing_and_says_why(rig: Rig) -> None:
    before = rig.reloader.catalog
    rig.file.write_text("vendors: {local: {kind: zzz}}")
    outcome = await rig.reloader.reload()
    assert (outcome.result, outcome.version) == ("refused", before.version)
    assert [problem.path for problem in outcome.problems] == ["vendors.local.kind"]
    assert rig.reloader.catalog is before and rig.swapped == []
    assert (rig.reloader.last, rig.reloader.refusals, rig.reloader.reloads) == (outcome, 1, 0)
    rig.write(3)
    assert (await rig.reloader.reload()).result == "changed"


async def test_a_deleted_file_changes_nothing(rig: Rig) -> None:
    rig.file.unlink()
    assert (await rig.reloader.reload()).result == "refused"
    assert rig.url == "http://localhost:1"


async def test_who_swaps_may_refuse(kinds: Kinds) -> None:
    first = default_catalog(kinds, {})
    second = default_catalog(kinds, {"OPENAI_API_KEY": "sk"})

    def refuse(catalog: Catalog) -> None:
        raise ConfigError([Problem("f", "vendors.openai.ca_file", "no certificate", "a PEM file")])

    reloader = Reloader(lambda: second, first, refuse, lambda: 0.0)
    assert (await reloader.reload()).result == "refused"
    assert reloader.catalog is first.catalog


async def test_a_thousand_reloads_swap_only_for_what_is_new(kinds: Kinds) -> None:
    catalogs = [default_catalog(kinds, {"OPENAI_API_KEY": f"sk-{n // 2}"}) for n in range(1000)]
    waiting = iter(catalogs)
    swapped: list[Catalog] = []
    reloader = Reloader(
        lambda: next(waiting), Loaded(default_catalog(kinds, {}).catalog), swapped.append, lambda: 0.0
    )
    held = reloader.catalog  # as a request does, from its beginning to its end
    outcomes = [(await reloader.reload()).result for _ in range(1000)]
    assert outcomes == ["changed", "unchanged"] * 500
    assert [id(catalog) for catalog in swapped] == [id(loaded.catalog) for loaded in catalogs[::2]]
    assert list(held.vendors) == ["sim"]
    assert reloader.catalog is swapped[-1]
    assert reloader.reloads == 500


def catalogs() -> int:
    gc.collect()
    return sum(isinstance(thing, Catalog) for thing in gc.get_objects())


async def test_old_catalogs_are_let_go(rig: Rig) -> None:
    before = catalogs()
    for port in range(2, 22):
        rig.write(port)
        await rig.reloader.reload()
        rig.swapped.clear()
    assert catalogs() - before <= 1


async def test_reloads_at_once_run_one_after_the_other(rig: Rig) -> None:
    rig.write(2)
    results = [outcome.result for outcome in await asyncio.gather(*(rig.reloader.reload() for _ in range(5)))]
    assert results == ["changed"] + ["unchanged"] * 4


async def test_writing_the_file_reloads_it(rig: Rig) -> None:
    async with rig.running():
        rig.write(2)
        await until(lambda: rig.url == "http://localhost:2")


async def test_an_editors_rename_reloads_it(rig: Rig) -> None:
    async with rig.running():
        fresh = rig.file.with_suffix(".tmp")
        fresh.write_text(GOOD.format(port=2))
        os.replace(fresh, rig.file)
        await until(lambda: rig.url == "http://localhost:2")


async def test_a_swap_of_kubernetes_links_reloads_it(tmp_path: Path, kinds: Kinds) -> None:
    for port in (1, 2):
        (tmp_path / f"..{port}").mkdir()
        (tmp_path / f"..{port}" / "signalbox.yaml").write_text(GOOD.format(port=port))
    (tmp_path / "..data").symlink_to("..1")
    (tmp_path / "signalbox.yaml").symlink_to("..data/signalbox.yaml")
    rig = Rig(tmp_path / "signalbox.yaml", kinds)
    async with rig.running():
        (tmp_path / "..fresh").symlink_to("..2")
        os.replace(tmp_path / "..fresh", tmp_path / "..data")
        await until(lambda: rig.url == "http://localhost:2")


async def test_a_rotated_secret_reloads_it(tmp_path: Path, kinds: Kinds) -> None:
    (tmp_path / "run").mkdir()
    secret = tmp_path / "run" / "key"
    secret.write_text("sk-old")
    (tmp_path / "signalbox.yaml").write_text("vendors: {openai: {api_key: file:run/key}}")
    rig = Rig(tmp_path / "signalbox.yaml", kinds)
    async with rig.running():
        secret.write_text("sk-new")
        await until(lambda: len(rig.swapped) == 1)
    key = rig.reloader.catalog.vendors["openai"].api_key
    assert key is not None and key.value == "sk-new"


async def test_a_secret_that_comes_late_mends_a_refusal(tmp_path: Path, kinds: Kinds) -> None:
    rig_file = tmp_path / "signalbox.yaml"
    rig_file.write_text(GOOD.format(port=1))
    rig = Rig(rig_file, kinds)
    async with rig.running():
        rig_file.write_text("vendors: {openai: {api_key: file:late}}")
        await until(lambda: rig.reloader.last.result == "refused")
        (tmp_path / "late").write_text("sk-late")
        await until(lambda: "openai" in rig.reloader.catalog.vendors)


async def test_a_request_reloads_soon(rig: Rig) -> None:
    async with rig.running():
        rig.now = 5.0
        rig.reloader.request()
        await until(lambda: rig.reloader.last.at == 5.0)
    assert rig.reloader.last.result == "unchanged"


async def test_other_files_in_the_folder_are_nobodys_business(rig: Rig) -> None:
    async with rig.running():
        rig.now = 5.0
        (rig.file.parent / "other").write_text("x")
        await asyncio.sleep(0.6)
    assert rig.reloader.last.at == 0.0


async def test_without_a_file_only_a_request_reloads(kinds: Kinds) -> None:
    first = default_catalog(kinds, {})
    swapped: list[Catalog] = []
    reloader = Reloader(
        lambda: default_catalog(kinds, {"OPENAI_API_KEY": "sk"}), first, swapped.append, lambda: 0.0
    )
    async with asyncio.TaskGroup() as tasks:
        task = tasks.create_task(reloader.run())
        reloader.request()
        await until(lambda: len(swapped) == 1)
        task.cancel()


def test_a_stamp_tells_a_file_from_its_successor_and_from_its_absence(tmp_path: Path) -> None:
    file, link = tmp_path / "file", tmp_path / "link"
    names = (str(file), str(link))
    seen = [stamps(names)]
    assert seen == [(None, None)]
    file.write_text("one")
    link.symlink_to(file)
    seen.append(stamps(names))
    assert stamps(names) == seen[-1]
    file.write_text("three")  # another size
    seen.append(stamps(names))
    os.utime(file, ns=(1, 1))  # another time
    seen.append(stamps(names))
    fresh = tmp_path / "fresh"
    fresh.write_text("three")
    os.utime(fresh, ns=(1, 1))
    os.replace(fresh, file)  # another file of the same size and time
    seen.append(stamps(names))
    link.unlink()
    link.symlink_to(tmp_path)
    seen.append(stamps(names))
    assert len(set(seen)) == len(seen)


@patient
async def test_a_file_that_is_still_being_written_is_not_read(rig: Rig) -> None:
    rig.swapped.clear()
    before, slowest = rig.reloader.last, 0.0
    async with rig.running():
        rig.now += 7.0
        for _ in range(30):  # an editor in several steps: each look finds it other than before
            wrote = time.monotonic()
            with rig.file.open("a") as file:
                file.write("# half\n")
            await asyncio.sleep(SETTLE_SECONDS / 2)
            slowest = max(slowest, time.monotonic() - wrote)
            if slowest >= SETTLE_SECONDS:
                break
            assert rig.reloader.last is before
        rig.write(port := int(rig.now))
        await until(lambda: rig.url == f"http://localhost:{port}")
    in_time(slowest, SETTLE_SECONDS)  # else it was no editor at work
    assert rig.swapped == [rig.reloader.catalog]


async def test_a_touched_file_is_read_once_and_then_left_alone(rig: Rig) -> None:
    async with rig.running():
        rig.now = 5.0
        os.utime(rig.file, ns=(1, 1))
        await until(lambda: rig.reloader.last.at == 5.0)
        rig.now = 6.0
        await asyncio.sleep(LOOK_SECONDS + 3 * SETTLE_SECONDS)
    assert (rig.reloader.last.result, rig.reloader.last.at, rig.swapped) == ("unchanged", 5.0, [])


async def test_a_file_that_goes_away_and_comes_back_as_it_was_changes_nothing(rig: Rig) -> None:
    before = rig.reloader.catalog
    async with rig.running():
        rig.file.rename(rig.file.with_suffix(".gone"))
        await until(lambda: rig.reloader.last.result == "refused")
        rig.file.with_suffix(".gone").rename(rig.file)
        await until(lambda: rig.reloader.last.result == "unchanged")
    assert rig.reloader.catalog is before and rig.swapped == []
