"""Real projects on the real engine; all of one name, all removed afterwards.

Several processes may share a run; what they keep from test to test has the process's name in its
own. HITLESS_KEEP=1 leaves all of it up for a look.
"""

from __future__ import annotations

import fcntl
import os
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from xdist.scheduler import LoadScopeScheduling  # type: ignore[import-untyped]

from hitless.domain.errors import HostError
from tests.e2e.support import project as projects
from tests.e2e.support import tracker as trackers
from tests.e2e.support.project import Project

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator

    from xdist.remote import Producer  # type: ignore[import-untyped]

HERE = Path(__file__).parent
KEEP = bool(os.environ.get("HITLESS_KEEP"))
LOG_LINES = 60
FAILED = pytest.StashKey[bool]()
# Files whose tests share what is dear to make: of two processes, one gets all of such a group.
# Large groups are begun first; the stories that take long are one, lest the last waits alone.
SHARING = {
    "test_disk.py": "cramped",
    "test_power_cut.py": "machine",
    "test_legacy_stack.py": "long",
    "test_newcomer.py": "long",
    "test_rehearse.py": "long",
}


class Sharing(LoadScopeScheduling):  # type: ignore[misc]  # it has no types
    """Tests that share something stay together, each of the others goes to who is free.

    (The marks of ``--dist loadgroup`` would say the same; with pytest 9.2 they are not heard.)
    """

    def _split_scope(self, nodeid: str) -> str:
        return SHARING.get(Path(nodeid.partition("::")[0]).name, nodeid)


def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> Sharing:
    """How a run of several processes is divided."""
    return Sharing(config, log)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Every test here needs the engine."""
    for item in items:
        if item.path.is_relative_to(HERE):
            item.add_marker(pytest.mark.docker)


@pytest.hookimpl(wrapper=True)
def pytest_runtestloop(session: pytest.Session) -> Generator[None, object, object]:
    """Names are those of the checkout: of two runs in it, the second waits."""
    if hasattr(session.config, "workerinput") or session.config.option.collectonly:
        return (yield)  # of processes that share a run, the one that leads them waits
    lock = projects.ROOT / ".cache" / "e2e.lock"
    lock.parent.mkdir(exist_ok=True)
    with lock.open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        return (yield)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item,
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """What the containers and the processes behind had to say, when a test failed."""
    report = yield
    if report.failed:
        item.stash[FAILED] = True
        for one in getattr(item, "funcargs", {}).values():
            if isinstance(one, Project):
                report.sections += [(f"logs of {name}", text) for name, text in _all_logs(one)]
    return report


def _all_logs(project: Project) -> list[tuple[str, str]]:
    try:
        return list(_logs(project))
    except HostError as error:  # a test may have ended its engine
        return [("the engine", str(error))]


def _logs(project: Project) -> Iterator[tuple[str, str]]:
    if (project.home / "state.db").exists():
        yield "the last deploy", project.hitless("show").out
    engine = projects.engine()
    for container in engine.containers(project.service):
        lines = engine.logs(container.id, LOG_LINES).splitlines()
        told = (line for line in lines if '"status":2' not in line)  # what users got is counted
        yield f"{container.name} ({container.state})", "\n".join(told)
    for log in sorted(project.home.glob("logs/*")):
        yield log.name, log.read_text()


@pytest.fixture
def fresh(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Project]:
    """A tiny project that was never deployed."""
    project = projects.tiny(tmp_path / "app", request.node.nodeid)
    yield project
    if not KEEP:
        project.remove()


class Pool:
    """One tiny project that serves, kept from test to test as long as none fails.

    Attributes:
        worker: The process that has it, where two share a run.
    """

    def __init__(self, directory: Path, worker: str) -> None:
        self._directory = directory
        self._worker = worker
        self._made: list[Project] = []
        self._well = False

    def serving(self) -> Project:
        """The project, with the files it began with; another one if a test broke it."""
        if not self._well:
            name = f"tiny-{self._worker}-{len(self._made)}"
            self._made.append(projects.tiny(self._directory / name, name))
            self._made[-1].done("deploy", "v0")
            self._well = True
        projects.restore(self._made[-1])
        return self._made[-1]

    def give_up(self) -> None:
        """Let the next test have another one: this one's state is not known."""
        self._well = False

    def remove(self) -> None:
        """All that were made."""
        for project in self._made:
            project.remove()


@pytest.fixture(scope="session")
def pool(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Iterator[Pool]:
    """Where tests get a project that serves already."""
    pool = Pool(tmp_path_factory.mktemp("tiny"), worker_id)
    yield pool
    if not KEEP:
        pool.remove()


@pytest.fixture
def tiny(request: pytest.FixtureRequest, pool: Pool) -> Iterator[Project]:
    """A tiny project that serves; a test must leave it so, and look that it did."""
    yield pool.serving()
    if request.node.stash.get(FAILED, False):
        pool.give_up()


@pytest.fixture(scope="session")
def tracker(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Iterator[Project]:
    """The Task Tracker; its older release serves at first, later one of the two."""
    project = trackers.tracker(tmp_path_factory.mktemp("tracker") / "app", worker_id)
    project.done("deploy", trackers.OLD)
    yield project
    if not KEEP:
        project.remove()
