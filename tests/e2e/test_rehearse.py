"""A rehearsal beside the service that users have: they notice nothing, and nothing is left."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.e2e.support.legal import assert_legal
from tests.e2e.support.load import readers
from tests.e2e.support.project import Project, Strike, engine, killed

if TYPE_CHECKING:
    from collections.abc import Iterator

    from hitless.domain.container import Container


def test_a_rehearsal_beside_the_serving_project_loses_nothing_and_leaves_nothing(
    tiny: Project,
) -> None:
    """Its own leftovers first: the one before it was killed with its copy half made."""
    serving, notes = assert_legal(tiny), stored_notes(tiny)
    tiny.behave(text="rehearsed")
    with readers(tiny) as load:
        assert killed(tiny.struck(Strike("SIGKILL", "edge", "done"), "rehearse", "killed"))
        assert set(left(tiny)) > {f"{copy_of(tiny)}-edge", f"{copy_of(tiny)}-net", state(tiny)}
        told = tiny.done("rehearse", "rehearsed", "--json").document
    load.assert_nothing_lost()
    found = told["rehearsal"]
    assert found["after"] == "rehearsed"
    assert found["failed"] == 0, found["failures"]
    assert found["sent"] > 100
    assert set(told["seconds"]) == {"hot", "warm", "cold"}
    assert left(tiny) == []
    assert assert_legal(tiny) == serving
    assert stored_notes(tiny) == notes, "the copy wrote into the real volume"
    quoted = tiny.done("rollback", "--dry-run", "--to", serving).out
    assert f"by rehearsal {found['id']} of {found['before']} → rehearsed" in quoted


def test_the_copy_of_a_killed_rehearsal_is_removed_by_recover(tiny: Project) -> None:
    serving = assert_legal(tiny)
    with readers(tiny) as load:
        assert killed(tiny.struck(Strike("SIGKILL", "network", "done"), "rehearse", "killed"))
        recovered = tiny.done("recover", "--json").document
    load.assert_nothing_lost()
    assert recovered["copy_removed"]
    assert left(tiny) == []
    assert assert_legal(tiny) == serving


def copy_of(project: Project) -> str:
    return f"{project.service}-rehearsal"


def state(project: Project) -> str:
    return str(project.home / "rehearsal")


def left(project: Project) -> list[str]:
    """What there is of its copy."""
    name = copy_of(project)
    found = [one.name for one in engine().containers(name)]
    found += [one.name for one in engine().networks() if one.name.startswith(name)]
    found += engine().volumes(name)
    found += [*engine().images(f"{name}/"), *engine().images(f"hitless/{name}/")]
    return [*found, *([state(project)] if (project.home / "rehearsal").exists() else [])]


def stored_notes(project: Project) -> set[str]:
    """What lies in the volume of the release that serves."""
    web = next(one for one in serving(project) if one.service_name == "web")
    return set(engine().run_in(web.id, ("ls", "-A", "/data")).text.split())


def serving(project: Project) -> Iterator[Container]:
    return (one for one in project.containers().values() if one.running)
