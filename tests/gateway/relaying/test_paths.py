"""Each relayed operation has its paths, and no path has two."""

from config.kinds import Operation
from gateway.endpoints.faces import PATHS
from gateway.relaying.paths import RELAYED


def test_every_relayed_operation_has_a_path_of_its_own() -> None:
    assert {operation for _, operation in RELAYED} == {each for each in Operation if each.relayed}
    paths = [path for path, _ in (*RELAYED, *PATHS)]
    assert len(paths) == len(set(paths))
