"""One real stack for all tests: own Compose project, own port, removed at the end."""

import hashlib
import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, TypeVar
from uuid import uuid4

import httpx2
import pytest

T = TypeVar("T")
Answer = httpx2.Response

ROOT = Path(__file__).resolve().parents[1]
TOKEN = "a-token-for-tests"
TELEGRAM_TOKEN = "a-token-for-telegram"
BASE = "v1.2.0"
VARIABLES = {
    "SOURCE_TOKEN_DEMO": TOKEN,
    "SOURCE_TOKEN_TELEGRAM": TELEGRAM_TOKEN,
    "JOB_TIMEOUT": "2",
    "HITLESS_RELEASE": "r-test",
    "HITLESS_SLOT": "blue",
}
TIERS = (("postgres", "nats"), ("api", "worker", "dashboard"), ("nginx",))
"""What can be started at once, in the order of dependence."""
# A job that a stopped worker had fetched comes again after ack_wait, 20 s; twice is possible.
WITHIN = 90.0
_LOOKING = {"build", "exec", "inspect", "logs", "port", "ps", "run"}


class Stack:
    """The running application and the handles on its containers."""

    def __init__(self, folder: Path, project: str, variables: dict[str, str]) -> None:
        self.folder = folder
        self.project = project
        self.touched = True
        """Whether a test changed what runs since everything was last seen healthy."""
        self.address = ""
        """Host and port of the public nginx; ephemeral, so it changes when nginx is restarted."""
        self._environment = os.environ | {"HTTP_PORT": "0"} | variables

    def compose(self, *arguments: str, check: bool = True) -> str:
        """Run a Compose command in this project and return what it printed."""
        self.touched = self.touched or arguments[0] not in _LOOKING
        command = ["docker", "compose", "--project-name", self.project, *arguments]
        done = subprocess.run(
            command,
            cwd=self.folder,
            env=self._environment,
            capture_output=True,
            text=True,
            timeout=300,
            check=False,
        )
        if check and done.returncode != 0:
            pytest.fail(f"{' '.join(arguments)}: {done.stdout}{done.stderr}")
        return done.stdout

    def up(self, *, migrated: bool = False) -> None:
        """Build, start, wait until everything is healthy.

        An older release's own migrations do not know a newer schema: it starts without them.
        """
        self.compose("build", "--quiet")
        if migrated:
            self.repair()
        else:
            self.compose("up", "--detach", "--wait", "--wait-timeout", "120")
            self._settled()

    def scale(self, service: str, count: int) -> None:
        """Run that many containers of a service."""
        wish = ("--scale", f"{service}={count}", service)
        self.compose("up", "--detach", "--no-recreate", "--no-deps", "--wait", *wish)

    def repair(self) -> None:
        """Start what does not run, tier by tier, and wait until everything is healthy.

        Compose itself gives up at once when a dependency is still called unhealthy for what a
        test did to it a moment ago.
        """
        for tier in TIERS:
            self.compose("up", "--detach", "--no-deps", "--no-recreate", *tier)
            self.eventually(lambda tier=tier: self.healthy(*tier), within=120)
        self._settled()

    def _settled(self) -> None:
        self.address = self.compose("port", "nginx", "8080").strip()
        self.touched = False

    def migrate(self) -> None:
        """Start the database and bring it to this release's schema."""
        self.compose("build", "--quiet", "migrate")
        self.compose("run", "--rm", "migrate")

    def healthy(self, *services: str) -> bool:
        """Tell whether every running container of these services is healthy."""
        states = self.compose("ps", "--format", "{{.Health}}", *services).split()
        return len(states) >= len(services) and set(states) == {"healthy"}

    def container(self, service: str) -> str:
        """Return the id of a service's container."""
        return self.compose("ps", "--all", "--quiet", service).split()[0]

    def inspect(self, service: str) -> dict[str, Any]:
        """Return what the engine knows of a service's container."""
        done = subprocess.run(
            ["docker", "inspect", self.container(service)],
            capture_output=True,
            check=True,
        )
        found: dict[str, Any] = json.loads(done.stdout)[0]
        return found

    def sql(self, statement: str) -> str:
        """Run a statement and return its unadorned output."""
        psql = ("psql", "-U", "tracker", "-d", "tracker", "-qAtX", "-v", "ON_ERROR_STOP=1")
        return self.compose("exec", "-T", "postgres", *psql, "-c", statement).strip()

    def inside(self, service: str, url: str) -> tuple[int, str]:
        """Ask a URL from within a container; return status and body."""
        script = (
            "import sys, urllib.request, urllib.error\n"
            "try: answer = urllib.request.urlopen(sys.argv[1], timeout=9)\n"
            "except urllib.error.HTTPError as error: answer = error\n"
            "print(answer.status); print(answer.read().decode())"
        )
        status, body = self.compose("exec", "-T", service, "python", "-c", script, url).split(
            "\n", 1
        )
        return int(status), body

    @staticmethod
    def eventually(question: Callable[[], T], within: float = WITHIN) -> T:
        """Ask until the answer is truthy; the last answer is what a failing test shows."""
        deadline = time.monotonic() + within
        while not (answer := question()) and time.monotonic() < deadline:
            time.sleep(0.1)
        assert answer, f"still {answer!r} after {within} s"
        return answer


class Api:
    """The public HTTP surface, as a client sees it."""

    def __init__(self, address: str) -> None:
        self.address = address
        self.http = httpx2.Client(base_url=f"http://{address}", timeout=30)

    def post(self, content: str, source: str = "chat", external_id: str | None = None) -> Answer:
        """Post a message; without an external id it is a new one."""
        external_id = external_id or uuid4().hex
        body = {"source": source, "external_id": external_id, "author": "t", "content": content}
        return self.http.post("/api/messages", json=body)

    def webhook(self, external_id: str, content: str, token: str = TOKEN) -> Answer:
        """Post to the webhook of the ready-made source."""
        return self.http.post(
            "/webhook/demo",
            json={"external_id": external_id, "content": content},
            headers={"X-Webhook-Token": token},
        )

    def message(self, message_id: str) -> dict[str, Any]:
        """Return a message that must exist."""
        answer = self.http.get(f"/api/messages/{message_id}")
        assert answer.status_code == 200, answer.text
        found: dict[str, Any] = answer.json()
        return found

    def processed(self, message_id: str) -> dict[str, Any]:
        """Return a message once the worker is done with it."""

        def done() -> dict[str, Any]:
            message = self.message(message_id)
            return message if message["processed_at"] else {}

        return Stack.eventually(done)

    def stats(self) -> dict[str, Any]:
        """Return all counts."""
        counts: dict[str, Any] = self.http.get("/api/stats").json()
        return counts

    def ready(self) -> tuple[int, dict[str, Any]]:
        """Return readiness as status code and body; (0, {}) when nobody answers."""
        try:
            answer = self.http.get("/api/ready")
        except httpx2.TransportError:
            return 0, {}
        is_json = answer.headers.get("content-type", "").startswith("application/json")
        return answer.status_code, answer.json() if is_json else {}

    def is_ready(self) -> bool:
        """Tell whether every check passes, NATS included."""
        return self.ready()[1].get("status") == "ready"


def pytest_addoption(parser: pytest.Parser) -> None:
    """Let the same tests run in every world of a release: old and new code, old and new schema."""
    parser.addoption("--code", default=BASE, help="the release whose code runs")
    parser.addoption("--schema", default=None, help="the release whose migrations ran (as --code)")


@pytest.fixture(scope="session")
def code(request: pytest.FixtureRequest) -> str:
    """The release whose code is tested."""
    return str(request.config.getoption("--code"))


@pytest.fixture(scope="session")
def schema(request: pytest.FixtureRequest, code: str) -> str:
    """The release whose schema the code runs on."""
    return str(request.config.getoption("--schema") or code)


@pytest.fixture(scope="session")
def version(code: str) -> str:
    """What `/api/version` answers."""
    return code.removeprefix("v")


@pytest.fixture(scope="session")
def stack(tmp_path_factory: pytest.TempPathFactory, code: str, schema: str) -> Iterator[Stack]:
    """The stack of this checkout; HITLESS_KEEP=1 leaves it running for a look."""
    project = "tt-" + hashlib.sha256(f"{ROOT} {code} {schema}".encode()).hexdigest()[:8]
    stack = _stack_of(code, tmp_path_factory, project)
    stack.compose("down", "--volumes", "--remove-orphans", "--timeout", "1")
    try:
        if schema != code:
            _stack_of(schema, tmp_path_factory, project).migrate()
        stack.up(migrated=schema != code)
        yield stack
    except BaseException:
        sys.stderr.write(stack.compose("logs", "--tail", "60", check=False))
        raise
    finally:
        if not os.environ.get("HITLESS_KEEP"):
            stack.compose("down", "--volumes", "--remove-orphans", "--timeout", "5")


def _stack_of(release: str, temporary: pytest.TempPathFactory, project: str) -> Stack:
    folder = ROOT
    if release != BASE:
        folder = temporary.mktemp(release)
        script = ROOT / "releases" / "materialise.py"
        subprocess.run([sys.executable, str(script), release, str(folder)], check=True)
    return Stack(folder, project, VARIABLES | {"HITLESS_VERSION": f"test-{release}"})


@pytest.fixture
def api(stack: Stack) -> Iterator[Api]:
    """A client of a stack that is whole again, whatever the test before did to it."""
    if stack.touched:
        stack.repair()
    client = Api(stack.address)
    stack.eventually(client.is_ready)
    yield client
    client.http.close()
