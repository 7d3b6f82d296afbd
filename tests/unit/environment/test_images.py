import json

from environment import images
from environment.images import Presence


def inspected(*rows: tuple[str, dict[str, str]]) -> str:
    return json.dumps([{"RepoTags": [tag], "Config": {"Labels": labels}} for tag, labels in rows])


def test_an_image_without_our_label_is_the_original() -> None:
    seen = images.presences(inspected(("node:22-slim", {"maintainer": "x"})), "r1")
    assert seen["node:22-slim"] is Presence.REAL


def test_a_stand_in_is_known_by_its_label_and_its_recipe() -> None:
    ours = {images.STANDIN_LABEL: "true", images.RECIPE_LABEL: "r1"}
    text = inspected(("node:22-slim", ours))
    assert images.presences(text, "r1")["node:22-slim"] is Presence.STANDIN
    assert images.presences(text, "r2")["node:22-slim"] is Presence.OUTDATED


def test_what_the_engine_does_not_name_is_absent() -> None:
    assert set(images.presences("[]", "r1").values()) == {Presence.ABSENT}


def test_lacking_is_what_is_absent_or_outdated() -> None:
    seen = images.presences(
        inspected(
            ("node:22-slim", {}),
            ("nats:2.10-alpine", {images.STANDIN_LABEL: "true", images.RECIPE_LABEL: "old"}),
        ),
        "new",
    )
    lacking = images.Images(seen, debian=True).lacking()
    assert "node:22-slim" not in lacking
    assert "nats:2.10-alpine" in lacking
    assert "python:3.13-slim-trixie" in lacking


def test_every_base_image_has_a_recipe() -> None:
    recipe = (images.RECIPES / "Dockerfile").read_text()
    for target in images.TARGETS.values():
        assert f" AS {target}\n" in recipe
