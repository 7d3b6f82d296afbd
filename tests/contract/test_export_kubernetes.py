"""What ``hitless export kubernetes`` writes, before a real API server of Kubernetes."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from testing.api_server import api_server
from tools.kubernetes import is_made

if TYPE_CHECKING:
    from collections.abc import Iterator

    from testing.api_server import ApiServer

ROOT = Path(__file__).parents[2]
ODD = ROOT / "tests/golden/export/odd/manifests"
PROGRAM = str(Path(sys.executable).with_name("hitless"))
pytestmark = pytest.mark.kubernetes


@pytest.fixture(scope="module")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ApiServer]:
    """One API server for all tests; nothing is kept in it but namespaces."""
    assert is_made(), 'make it with "python -m tools.kubernetes", or leave out -m "not kubernetes"'
    with api_server(tmp_path_factory.mktemp("cluster")) as server:
        yield server


def exported(folder: Path, *options: str) -> Path:
    """The reference stack's manifests, by the program as users have it."""
    config = str(ROOT / "stacks/task-tracker/hitless.yaml")
    subprocess.run(
        (PROGRAM, "-f", config, "export", "kubernetes", "v1.2.0", "-o", str(folder), *options),
        env={"PATH": os.environ["PATH"], "HOME": str(folder.parent)},
        check=True,
        capture_output=True,
    )
    return folder


def applied(cluster: ApiServer, folder: Path) -> list[str]:
    """The names of the objects that the server would have taken, without any warning."""
    run = cluster.kubectl("apply", "--dry-run=server", "--output=name", "-f", str(folder))
    assert (run.returncode, run.stderr) == (0, "")
    return run.stdout.split()


def test_the_reference_stack_is_accepted_without_a_warning(
    cluster: ApiServer, tmp_path: Path
) -> None:
    names = applied(cluster, exported(tmp_path / "manifests"))
    assert "deployment.apps/api" in names
    assert "ingress.networking.k8s.io/task-tracker-websocket" in names
    assert "job.batch/task-tracker-migration-v1-2-0" in names
    assert len(names) == 14
    assert cluster.kubectl("get", "deployments", "--output=name").stdout == ""


def test_it_is_accepted_in_a_namespace_of_its_own(cluster: ApiServer, tmp_path: Path) -> None:
    folder = exported(tmp_path / "manifests", "--namespace", "shop", "--replicas", "3")
    refused = cluster.kubectl("apply", "--dry-run=server", "-f", str(folder))
    assert 'namespaces "shop" not found' in refused.stderr
    assert cluster.kubectl("create", "namespace", "shop").returncode == 0
    assert len(applied(cluster, folder)) == 14


def test_odd_names_values_and_rights_are_accepted(cluster: ApiServer) -> None:
    run = cluster.kubectl("apply", "--dry-run=server", "--output=name", "-f", str(ODD))
    assert run.returncode == 0, run.stderr
    # Its services demand root and more; the server says so, and so does the README.
    assert "would violate PodSecurity" in run.stderr
    assert "deployment.apps/my-api-703a7ba6" in run.stdout


def test_values_arrive_as_they_were_meant(cluster: ApiServer) -> None:
    found = cluster.kubectl(
        "apply", "--dry-run=server", "-f", str(ODD / "migration.yaml"),
        "--output=jsonpath={.items[0].data.NO},{.items[0].data.OCTAL},{.items[0].data.FLOAT},"
        "{.items[0].data.SIXTY},{.items[0].data.BOOL},{.items[0].data.WORDS}",
    )  # fmt: skip
    assert found.stdout == "no,012,1e3,1:20,on,«до побачення» 🙂 \" \\ ' %{x} @x `x`"


def test_the_command_for_the_secret_is_one_that_kubectl_takes(
    cluster: ApiServer, tmp_path: Path
) -> None:
    readme = (exported(tmp_path / "manifests") / "README.md").read_text()
    command = readme.partition("kubectl create secret")[2].partition("\n```")[0]
    words = command.replace("\\\n", " ").replace('"', "").split()
    run = cluster.kubectl("create", "secret", *words, "--dry-run=server", "--output=name")
    assert (run.returncode, run.stdout) == (0, "secret/task-tracker-secrets\n"), run.stderr


def test_the_server_does_refuse_what_is_wrong(cluster: ApiServer, tmp_path: Path) -> None:
    text = (exported(tmp_path / "manifests") / "api.yaml").read_text()
    for right, wrong in (("maxSurge: 1", "maxSurge: 0"), ("replicas:", "replica:")):
        run = cluster.kubectl(
            "apply", "--dry-run=server", "-f", "-", text=text.replace(right, wrong)
        )
        assert run.returncode != 0, f"{wrong} was taken"
