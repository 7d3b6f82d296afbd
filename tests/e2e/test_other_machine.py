"""The same command over SSH: a real sshd on a port of its own, with keys of its own."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import time
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import pytest

from tests.e2e.support.legal import assert_legal
from tests.e2e.support.load import users
from tests.e2e.support.project import HITLESS, PATIENCE, Project, free_port

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

SSHD = shutil.which("sshd", path="/usr/local/sbin:/usr/sbin:/sbin")
pytestmark = pytest.mark.skipif(
    SSHD is None or os.getuid() != 0,
    reason="needs root and sshd: apt-get install openssh-server",
)
SERVER = """\
Port {port}
ListenAddress 127.0.0.1
HostKey {home}/host
AuthorizedKeysFile {home}/user.pub
PidFile none
UsePAM no
StrictModes no
PasswordAuthentication no
PermitRootLogin prohibit-password
SetEnv PATH={path} {environ}
"""
CLIENT = """\
Host server
    HostName 127.0.0.1
    Port {port}
    User root
    IdentityFile {home}/user
    IdentitiesOnly yes
    UserKnownHostsFile {home}/known
    StrictHostKeyChecking accept-new
    LogLevel ERROR
"""


@dataclass(frozen=True)
class Server:
    """Another machine, as far as ssh can tell.

    Attributes:
        pid: Its sshd.
        here: The project as somebody far from it has it: an empty directory.
    """

    pid: int
    here: Project
    there: Project

    def words(self, *words: str) -> tuple[str, ...]:
        return ("--host", f"server:{self.there.directory}", *words)

    def connections(self) -> list[int]:
        """The processes of sshd that hold a connection."""
        ps = ("ps", "-o", "pid=", "--ppid", str(self.pid))
        listed = subprocess.run(ps, capture_output=True, text=True, check=False)
        return [int(pid) for pid in listed.stdout.split()]


@pytest.fixture
def server(tiny: Project, tmp_path: Path) -> Iterator[Server]:
    for name in ("host", "user"):
        keygen = ("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(tmp_path / name))
        subprocess.run(keygen, check=True)
    port = free_port()
    _write_configuration(tmp_path, port, tiny)
    os.makedirs("/run/sshd", exist_ok=True)  # noqa: PTH103  # where sshd puts its empty room
    log = (tmp_path / "sshd.log").open("w")
    command = (str(SSHD), "-D", "-e", "-f", str(tmp_path / "sshd_config"))
    with log, subprocess.Popen(command, stderr=log) as sshd:
        _wait_for(port)
        (tmp_path / "far").mkdir()
        path = f"{tmp_path / 'bin'}:{HITLESS.parent}:{os.environ['PATH']}"
        here = replace(tiny, directory=tmp_path / "far", others={"PATH": path})
        yield Server(sshd.pid, here, tiny)
        sshd.terminate()


def _write_configuration(home: Path, port: int, project: Project) -> None:
    path = f"{HITLESS.parent}:{os.environ['PATH']}"
    kept = {k: v for k, v in project.environ.items() if k not in ("PATH", "HOME")}
    environ = " ".join(f'"{k}={v}"' for k, v in kept.items() if '"' not in v and "\n" not in v)
    values = {"home": home, "port": port, "path": path, "environ": environ}
    (home / "sshd_config").write_text(SERVER.format(**values))
    (home / "ssh_config").write_text(CLIENT.format(**values))
    (home / "bin").mkdir()
    ssh = home / "bin" / "ssh"
    ssh.write_text(f'#!/bin/sh\nexec {shutil.which("ssh")} -F {home}/ssh_config "$@"\n')
    ssh.chmod(0o755)


def _wait_for(port: int) -> None:
    deadline = time.monotonic() + PATIENCE
    while True:
        try:
            socket.create_connection(("127.0.0.1", port)).close()
        except ConnectionRefusedError:
            assert time.monotonic() < deadline, "sshd does not listen"
            time.sleep(0.05)
        else:
            return


def test_a_deploy_runs_there_with_its_words_and_its_status(server: Server) -> None:
    before = assert_legal(server.there)
    server.there.behave(text="over ssh")
    words = server.words("deploy", "over-ssh", "-m", "it's $HOME")
    with users(server.there) as load:
        ran = server.here.hitless(*words)
    load.assert_nothing_lost()
    assert ran.code == 0, ran
    assert ran.out.startswith("over-ssh (")
    assert "ok    cutover" in ran.err
    assert assert_legal(server.there) != before
    refused = server.here.hitless(*server.words("show", "d999"))
    assert refused.code == 1
    assert "error[E402]" in refused.err


def test_a_cancelled_command_is_stopped_safely_there(server: Server) -> None:
    before = assert_legal(server.there)
    server.there.behave(text="cancelled", ready=False)
    with users(server.there) as load:
        process = server.here.begin(*server.words("deploy", "cancelled"))
        assert process.stderr
        _until_said(process, "ok    start")
        process.send_signal(signal.SIGTERM)
        _, rest = process.communicate(timeout=PATIENCE)
    load.assert_nothing_lost()
    assert process.returncode == 130, rest
    assert "asking server to stop it safely" in rest
    assert "error[E130]: stopped by SIGTERM" in rest
    assert assert_legal(server.there) == before


def test_a_deploy_goes_on_when_the_connection_is_cut(server: Server) -> None:
    before = assert_legal(server.there)
    server.there.behave(text="cut")
    process = server.here.begin(*server.words("deploy", "cut"))
    _until_said(process, "ok    network")
    for pid in server.connections():
        os.kill(pid, signal.SIGKILL)
    _, rest = process.communicate(timeout=PATIENCE)
    assert process.returncode == 1, rest
    assert "error[E312]: ssh to server ended with 255" in rest
    attached = server.here.hitless(*server.words("attach"))
    assert attached.code == 0, attached
    assert attached.out.startswith("cut (")
    assert assert_legal(server.there) != before


def test_a_machine_that_cannot_be_reached_is_told(server: Server) -> None:
    ran = server.here.hitless("--host", "nobody@127.0.0.1", "status")
    assert ran.code == 1
    assert "error[E312]" in ran.err


def _until_said(process: subprocess.Popen[str], wanted: str) -> None:
    assert process.stderr
    for line in process.stderr:
        if line.startswith(wanted):
            return
    pytest.fail(f"it never said {wanted!r}")
