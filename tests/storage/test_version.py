"""The version that the code expects is the newest migration."""

from alembic.script import ScriptDirectory
from sqlalchemy import create_engine

from storage.migrate import alembic_config
from storage.version import SCHEMA_VERSION


def test_the_expected_version_is_the_newest_migration() -> None:
    with create_engine("sqlite://").connect() as connection:
        scripts = ScriptDirectory.from_config(alembic_config(connection))
    assert scripts.get_heads() == [SCHEMA_VERSION]


def test_versions_sort_as_they_follow_each_other() -> None:
    with create_engine("sqlite://").connect() as connection:
        scripts = ScriptDirectory.from_config(alembic_config(connection))
    newest_first = [script.revision for script in scripts.walk_revisions()]
    assert newest_first == sorted(newest_first, reverse=True)
