"""Which code this is: the version, the build, the release and the schema it fits."""

import json
from dataclasses import dataclass
from pathlib import Path

from app.settings import Settings

SCHEMA = "0001"
"""The newest revision this code knows; a test holds it equal to the head of `migrations/`."""

ROOT = Path(__file__).resolve().parents[1]


@dataclass(frozen=True, slots=True)
class Release:
    """The answer of `/api/version`."""

    version: str
    release: str | None
    slot: str | None
    commit: str | None
    built_at: str | None
    schema: str = SCHEMA


def read_release(settings: Settings, root: Path = ROOT) -> Release:
    """Read VERSION and, in an image, BUILD.json; in a checkout VERSION lies one folder up."""
    version_file = next(
        file for file in (root / "VERSION", root.parent / "VERSION") if file.exists()
    )
    build_file = root / "BUILD.json"
    build: dict[str, str] = json.loads(build_file.read_text()) if build_file.exists() else {}
    return Release(
        version=version_file.read_text().strip(),
        release=settings.hitless_release,
        slot=settings.hitless_slot,
        commit=build.get("commit") or None,
        built_at=build.get("built_at") or None,
    )


def fits_schema(database_revision: str, readable_from: str, code: str = SCHEMA) -> bool:
    """Tell whether this code runs on a database at `database_revision`.

    The database may be newer than the code (a rollback after an expand migration) as long as
    the migration declared, in `schema_history.readable_from`, that code of this age still fits.
    Revisions are zero-padded numbers and therefore compare as text.
    """
    return readable_from <= code <= database_revision
