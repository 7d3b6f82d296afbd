"""The page of what Hitless keeps on disk."""

from __future__ import annotations

from hitless.adapters import edge_files, sqlite_schema
from hitless.app import HOME
from hitless.stack.layout import COPY
from tools.reference.text import block, document, table

INTRODUCTION = f"""\
Everything lies in `{HOME}` beside `hitless.yaml`, readable by its owner alone. Keep it: it
is the history, and what a rollback brings back. Leave it out of git."""

FILES: tuple[tuple[str, str], ...] = (
    (
        "state.db",
        "Releases, deploys, the journal, the evidence and rehearsals: SQLite, see below.",
    ),
    ("state.db-wal", "SQLite's write-ahead log; present while a command runs."),
    ("state.db-shm", "SQLite's index of that log; present while a command runs."),
    ("lock", "Locked by the process that changes the service; the note in it is for people."),
    (f"edge/state/{edge_files.GREEN}", "The flag: present while slot green is active."),
    (f"edge/state/{edge_files.FALLBACK}", "Present while the other slot is an approved backup."),
    (
        f"edge/state/{edge_files.CANARY}COLOUR-PERCENT",
        "Present while that slot has that share of users, as a canary.",
    ),
    (
        f"edge/state/{edge_files.CLOSED}",
        "Present while users get 503, as before the first cutover.",
    ),
    (f"edge/state/{edge_files.KEPT}/**", "Hashed files of the last releases, by their paths."),
    (f"edge/{edge_files.KEPT}/ID", "Which of these files a release has."),
    (f"edge/state/{edge_files.MAINTENANCE}", "Present while users get a page; tells who began it."),
    (f"edge/state/{edge_files.PAGE}", "That page."),
    (f"edge/config/{edge_files.CONFIG}", "The configuration that nginx runs with."),
    (f"edge/config/{edge_files.CANDIDATE}", "One that was tested and refused, if the last was."),
    ("edge/key", "The secret that makes the edge tell which address answered."),
    ("releases/ID/release.json", "The release as it is recorded, for when the database is lost."),
    ("releases/ID/COLOUR.json", "The Compose file of a release in a slot."),
    ("releases/ID/edge.json", "The Compose file of the edge."),
    ("releases/ID/shared.json", "The Compose file of the accessories."),
    ("adopting.json", "Present while an old stack is being taken over: what to start again."),
    (f"{COPY}/**", "The state of the copy that a rehearsal makes, while there is one."),
    (f"{COPY}.lock", "Locked by the process that rehearses, or removes a copy."),
    ("certificates/DEPLOY.json", "The certificate of a deploy or rollback."),
    ("certificates/DEPLOY.html", "The same as one page that needs nothing but itself."),
    (
        "logs/deploy-ID.jsonl",
        "The events of one deploy; `hitless attach` reads them. The last 50 logs are kept.",
    ),
    ("logs/deploy-ID.log", "What a detached deploy printed besides."),
    ("logs/DEPLOY.log", "What a rollback wrote after its command had returned."),
)
TRUTH = """\
When these disagree, the flag files are believed first, then the labels of the containers,
then the database. It explains; it never overrules what serves."""
TABLES = """\
`state.db` may be read at any time, for example with `sqlite3 -readonly`. Its tables:"""


def page() -> str:
    """The whole page."""
    rows = ((f"`{HOME}/{path}`", text) for path, text in FILES)
    return document(
        f"Files in {HOME}",
        INTRODUCTION,
        table(("File", "What it is"), rows),
        TRUTH,
        f"## The database\n\n{TABLES}\n\n{block(sqlite_schema.SCHEMA.strip(), 'sql')}",
    )
