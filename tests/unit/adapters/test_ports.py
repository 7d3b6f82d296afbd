"""Every port is fully implemented twice, with the very same parameters."""

from __future__ import annotations

import inspect
from typing import Any

import pytest

from hitless.adapters.background import ForkedBackground
from hitless.adapters.clock import SystemClock
from hitless.adapters.docker_compose import DockerCompose
from hitless.adapters.docker_engine import DockerEngine
from hitless.adapters.edge_files import EdgeDirectory
from hitless.adapters.edge_log import EngineAccessLog
from hitless.adapters.host import LocalHost
from hitless.adapters.http_client import LocalHttp
from hitless.adapters.interrupts import SignalInterrupts
from hitless.adapters.lock import FileLock
from hitless.adapters.memory.access_log import MemoryAccessLog
from hitless.adapters.memory.checkouts import MemoryCheckouts
from hitless.adapters.memory.clock import MemoryClock
from hitless.adapters.memory.compose import MemoryCompose
from hitless.adapters.memory.edge import MemoryEdge
from hitless.adapters.memory.engine import MemoryEngine
from hitless.adapters.memory.files import MemoryFiles
from hitless.adapters.memory.http import MemoryHttp
from hitless.adapters.memory.notifier import MemoryNotifier
from hitless.adapters.memory.prober import MemoryProber
from hitless.adapters.memory.process import (
    MemoryBackground,
    MemoryHost,
    MemoryInterrupts,
    MemoryLock,
    MemoryReporter,
)
from hitless.adapters.memory.programs import MemoryPrograms
from hitless.adapters.memory.scanners import MemoryScanners
from hitless.adapters.memory.store import MemoryStore
from hitless.adapters.prober.process import ProbeProcess
from hitless.adapters.programs import ShellPrograms
from hitless.adapters.repository_files import CommitFiles, DirectoryFiles
from hitless.adapters.scanners import PathScanners
from hitless.adapters.sqlite_store import SqliteStore
from hitless.adapters.webhook import Webhook
from hitless.adapters.worktree import GitWorktrees
from hitless.cli.render.events import JsonReporter
from hitless.cli.render.live import LiveReporter
from hitless.cli.render.plain import PlainReporter
from hitless.domain import ports

IMPLEMENTED: list[tuple[type[Any], tuple[type[Any], ...]]] = [
    (ports.Engine, (DockerEngine, MemoryEngine)),
    (ports.Compose, (DockerCompose, MemoryCompose)),
    (ports.EdgeFiles, (EdgeDirectory, MemoryEdge)),
    (ports.Http, (LocalHttp, MemoryHttp)),
    (ports.AccessLog, (EngineAccessLog, MemoryAccessLog)),
    (ports.Prober, (ProbeProcess, MemoryProber)),
    (ports.Notifier, (Webhook, MemoryNotifier)),
    (ports.Programs, (ShellPrograms, MemoryPrograms)),
    (ports.Store, (SqliteStore, MemoryStore)),
    (ports.Clock, (SystemClock, MemoryClock)),
    (ports.Lock, (FileLock, MemoryLock)),
    (ports.Host, (LocalHost, MemoryHost)),
    (ports.Reporter, (PlainReporter, LiveReporter, JsonReporter, MemoryReporter)),
    (ports.Interrupts, (SignalInterrupts, MemoryInterrupts)),
    (ports.Background, (ForkedBackground, MemoryBackground)),
    (ports.Files, (DirectoryFiles, CommitFiles, MemoryFiles)),
    (ports.Scanners, (PathScanners, MemoryScanners)),
    (ports.Checkouts, (GitWorktrees, MemoryCheckouts)),
]


def methods(cls: type[Any]) -> dict[str, list[tuple[str, Any]]]:
    found = {n: m for n, m in vars(cls).items() if inspect.isfunction(m) and n[0] != "_"}
    return {
        name: [(p.name, p.default) for p in inspect.signature(method).parameters.values()]
        for name, method in found.items()
    }


@pytest.mark.parametrize(("port", "implementations"), IMPLEMENTED)
def test_an_implementation_has_every_method_as_the_port_declares_it(
    port: type[Any], implementations: tuple[type[Any], ...]
) -> None:
    assert len(implementations) >= 2
    for one in implementations:
        theirs = methods(one)
        for name, parameters in methods(port).items():
            assert theirs.get(name) == parameters, f"{one.__name__}.{name}"


def test_no_port_is_forgotten() -> None:
    declared = {cls for _, cls in inspect.getmembers(ports, inspect.isclass)}
    assert declared == {port for port, _ in IMPLEMENTED}


def test_every_method_of_a_port_says_what_it_promises() -> None:
    for port, _ in IMPLEMENTED:
        for name in methods(port):
            assert getattr(port, name).__doc__, f"{port.__name__}.{name}"
