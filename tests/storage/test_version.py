"""The version that the code expects is the newest migration."""

from alembic.script import ScriptDirectory
from sqlalchemy import create_engine

from storage.migrate import alembic_config
from storage.version import SCHEMA_VERSION


def scripts() -> ScriptDirectory:
    engine = create_engine("sqlite://")
    with engine.connect() as connection:
        found = ScriptDirectory.from_config(alembic_config(connection))
    engine.dispose()
    return found


def test_the_expected_version_is_the_newest_migration() -> None:
    assert scripts().get_heads() == [SCHEMA_VERSION]


def test_versions_sort_as_they_follow_each_other() -> None:
    newest_first = [script.revision for script in scripts().walk_revisions()]
    assert newest_first == sorted(newest_first, reverse=True)
