from pathlib import Path

import pytest

from environment import leftovers
from environment.leftovers import FOLDER, PROJECT, SERVICE, Container

CHECKOUT = Path("/home/ann/hitless")
SCRATCH = Path("/scratch")


def names(*seen: Container) -> list[str]:
    return [one.name for one in leftovers.own(seen, root=CHECKOUT, scratch=SCRATCH)]


def test_the_stack_started_from_the_checkout_is_ours() -> None:
    labels = {FOLDER: "/home/ann/hitless/stacks/task-tracker", PROJECT: "task-tracker"}
    assert names(Container("api", labels)) == ["api"]


def test_what_hitless_made_from_a_temporary_folder_is_ours() -> None:
    labels = {FOLDER: "/scratch/t1/.hitless/releases/1", SERVICE: "t1"}
    assert names(Container("t1-blue-api", labels)) == ["t1-blue-api"]


@pytest.mark.parametrize(
    "labels",
    [
        pytest.param(
            {FOLDER: "/srv/shop/.hitless/releases/1", SERVICE: "shop"}, id="in production"
        ),
        pytest.param({FOLDER: "/scratch/other", PROJECT: "other"}, id="no object of Hitless"),
        pytest.param({FOLDER: "/home/ann/hitless-2/stacks", PROJECT: "x"}, id="another checkout"),
        pytest.param({SERVICE: "shop"}, id="of no known folder"),
        pytest.param({}, id="without labels"),
    ],
)
def test_what_somebody_else_runs_is_not_ours(labels: dict[str, str]) -> None:
    assert names(Container("x", labels)) == []


def test_networks_and_volumes_are_found_by_the_projects_and_services_of_our_containers() -> None:
    ours = (
        Container("a", {PROJECT: "t1-blue", SERVICE: "t1"}),
        Container("b", {PROJECT: "t1-green", SERVICE: "t1"}),
        Container("c", {PROJECT: "task-tracker"}),
    )
    assert leftovers.filters(ours) == (
        f"label={PROJECT}=t1-blue",
        f"label={SERVICE}=t1",
        f"label={PROJECT}=t1-green",
        f"label={PROJECT}=task-tracker",
    )
