"""``hitless export kubernetes`` as a user meets it, far from any engine and any cluster."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

PROGRAM = str(Path(sys.executable).with_name("hitless"))
WEB = {"image": "registry.example/web:1", "environment": {"API_TOKEN": "correct-horse"}}
HITLESS = """
service: shop
proxy: {port: 80, routes: [{path: /, service: web}]}
web: {web: {port: 8000, ready: /ready}}
"""


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A project, and a ``docker`` that resolves its Compose file, for it is resolved already."""
    folder = tmp_path / "shop"
    folder.mkdir()
    (folder / "hitless.yaml").write_text(HITLESS)
    (folder / "compose.yml").write_text(json.dumps({"name": "shop", "services": {"web": WEB}}))
    docker = tmp_path / "docker"
    docker.write_text(f"#!/bin/sh\ncat {folder}/compose.yml\n")
    docker.chmod(0o755)
    return folder


def run(project: Path, *words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        (PROGRAM, "export", "kubernetes", *words),
        cwd=project,
        env={"PATH": f"{project.parent}:{os.environ['PATH']}"},
        capture_output=True,
        text=True,
        check=False,
    )


def test_manifests_and_a_readme_are_written_beside_the_project(project: Path) -> None:
    made = run(project, "v7")
    assert made.returncode == 0, made.stderr
    assert made.stdout.startswith("wrote README.md, ingress.yaml, web.yaml to kubernetes\n")
    assert "kubernetes/README.md tells how to apply them" in made.stdout
    assert "note: web: Compose limits no memory" in made.stderr
    texts = [path.read_text() for path in (project / "kubernetes").iterdir()]
    assert all("correct-horse" not in text for text in texts)
    assert any('"HITLESS_VERSION"' in text or "HITLESS_VERSION: v7" in text for text in texts)


def test_what_is_still_as_written_is_written_anew(project: Path) -> None:
    assert run(project, "v1").returncode == 0
    first = (project / "kubernetes/web.yaml").read_text()
    assert run(project, "v2").returncode == 0
    assert (project / "kubernetes/web.yaml").read_text() != first


def test_what_somebody_wrote_or_changed_is_not_lost(project: Path) -> None:
    folder = project / "kubernetes"
    assert run(project).returncode == 0
    changed = (folder / "web.yaml").read_text().replace("replicas: 2", "replicas: 4")
    (folder / "web.yaml").write_text(changed)
    (folder / "ingress.yaml").write_bytes(b"mine \xff")
    before = {path: path.read_bytes() for path in folder.iterdir()}
    refused = run(project, "v2")
    assert (refused.returncode, "error[E271]" in refused.stderr) == (2, True)
    assert "    web.yaml" in refused.stderr
    assert "    ingress.yaml" in refused.stderr
    assert "README.md" not in refused.stderr
    assert {path: path.read_bytes() for path in folder.iterdir()} == before
    assert run(project, "v2", "--force").returncode == 0
    assert "replicas: 2" in (folder / "web.yaml").read_text()


def test_a_link_is_not_followed_without_being_told(project: Path) -> None:
    assert run(project).returncode == 0
    link, own = project / "kubernetes/web.yaml", project / "own.yaml"
    link.rename(own)
    link.symlink_to(own)
    assert "error[E271]" in run(project, "v2").stderr
    assert "HITLESS_VERSION: v2" not in own.read_text()


def test_force_replaces_a_link_and_leaves_what_it_leads_to(project: Path) -> None:
    (project / "kubernetes").mkdir()
    (project / "own.yaml").write_text("mine")
    (project / "kubernetes/web.yaml").symlink_to(project / "own.yaml")
    assert run(project, "--force").returncode == 0
    assert (project / "own.yaml").read_text() == "mine"
    assert not (project / "kubernetes/web.yaml").is_symlink()


def test_a_place_that_cannot_be_written_to_is_told(project: Path) -> None:
    (project / "kubernetes/web.yaml").mkdir(parents=True)
    made = run(project, "--force")
    assert made.returncode == 2
    assert "the manifests cannot be written to kubernetes: Is a directory" in made.stderr


def test_a_service_that_is_gone_leaves_no_manifest_unnoticed(project: Path) -> None:
    assert run(project).returncode == 0
    folder = project / "kubernetes"
    (folder / "notes.yaml").write_text("mine: 1\n")
    (project / "hitless.yaml").write_text(
        HITLESS.replace("service: web", "service: site").replace("web: {web:", "web: {site:")
    )
    (project / "compose.yml").write_text(json.dumps({"name": "shop", "services": {"site": WEB}}))
    made = run(project)
    assert made.returncode == 0, made.stderr
    assert "kubernetes/web.yaml is of an earlier export: remove it" in made.stderr
    assert "notes.yaml" not in made.stderr
    assert json.loads(run(project, "--json").stdout)["stale"] == ["web.yaml"]


def test_a_dash_prints_one_stream_and_writes_nothing(project: Path) -> None:
    made = run(project, "-o", "-", "-n", "front")
    assert made.returncode == 0
    found = list(yaml.safe_load_all(made.stdout))
    assert {one["metadata"]["namespace"] for one in found} == {"front"}
    assert "kubectl -n front create secret generic shop-secrets" in made.stderr
    assert not (project / "kubernetes").exists()


def test_machines_get_files_and_notes(project: Path) -> None:
    told = json.loads(run(project, "--json", "-o", "-").stdout)
    assert (told["format"], told["written"], sorted(told["files"])) == (
        1, "", ["README.md", "ingress.yaml", "web.yaml"],
    )  # fmt: skip
    assert any("limits no memory" in note for note in told["notes"])
    assert json.loads(run(project, "--json", "-o", "there").stdout)["written"] == "there"
    assert (project / "there/web.yaml").is_file()


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("-o", "hitless.yaml"), "hitless.yaml is not a directory"),
        (("-n", "No_Name"), "'No_Name' is no name of a namespace"),
        (("--replicas", "0"), "0 is not in the range"),
    ],
)
def test_words_that_cannot_be_meant_are_refused(
    project: Path, words: tuple[str, ...], told: str
) -> None:
    made = run(project, *words)
    assert made.returncode == 2
    assert told in made.stderr
    assert not (project / "kubernetes").exists()


def test_services_that_compose_does_not_know_are_told(project: Path) -> None:
    (project / "hitless.yaml").write_text(HITLESS + "workers: {job: {}}\n")
    made = run(project)
    assert (made.returncode, "error[E104]" in made.stderr) == (2, True)
    assert "names service 'job'" in made.stderr
    assert not (project / "kubernetes").exists()
