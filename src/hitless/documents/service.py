"""A service of a Compose project, its short and long forms read alike."""

from __future__ import annotations

import re
import shlex
from typing import TYPE_CHECKING, NamedTuple

from hitless.documents.interpolation import interpolate
from hitless.documents.paths import joined
from hitless.documents.yaml_tree import as_map

if TYPE_CHECKING:
    from hitless.documents.compose import Project
    from hitless.documents.yaml_tree import Node

LOOPBACK = ("127.", "::1", "localhost", "[::1]")
DEVELOPMENT = frozenset(
    ("dev", "development", "debug", "test", "tests", "tools", "local", "ci", "seed", "demo", "e2e")
)
SECONDS = {"us": 1e-6, "ms": 0.001, "s": 1.0, "m": 60.0, "h": 3600.0}


class Port(NamedTuple):
    """A published port.

    Attributes:
        host: The address it is bound to; empty for all.
        published: On the host; empty when the engine chooses.
        target: In the container.
    """

    host: str
    published: str
    target: str
    node: Node

    @property
    def is_public(self) -> bool:
        """Other machines can reach it."""
        return not self.host.startswith(LOOPBACK)


class Mount(NamedTuple):
    """A volume or a path of the host in a container.

    Attributes:
        kind: ``volume``, ``bind`` or ``tmpfs``.
        source: Empty for an anonymous volume.
    """

    kind: str
    source: str
    target: str
    node: Node


class Service(NamedTuple):
    """One service.

    Attributes:
        node: What its project's files say together.
        key: Where its name stands first.
    """

    name: str
    node: Node
    key: Node
    project: Project

    def __str__(self) -> str:
        return self.name

    @property
    def image(self) -> str:
        """The image's name with variables filled in; empty when it is only built."""
        return self.filled("image")

    @property
    def is_built(self) -> bool:
        """Its image is made from this repository."""
        return self.node.get("build") is not None

    @property
    def is_for_development(self) -> bool:
        """All its profiles are such as a server never starts."""
        profiles = self.node.texts("profiles")
        return bool(profiles) and all(name in DEVELOPMENT for name in profiles)

    @property
    def is_one_shot(self) -> bool:
        """It is meant to end: others wait for its success, or nothing restarts it."""
        for other in self.project.services.values():
            if other.depends_on().get(self.name) == "service_completed_successfully":
                return True
        return self.filled("restart") in ("no", "on-failure") and bool(self.node.get("restart"))

    def filled(self, *keys: str) -> str:
        """A text with variables filled in; see :meth:`Node.say`."""
        return interpolate(self.node.say(*keys), self.project.values)

    def ports(self) -> list[Port]:
        """What it publishes."""
        return [self._port(node) for node in self.node.nodes("ports")]

    def _port(self, node: Node) -> Port:
        fill = self.project.values
        if node.is_map:
            parts = [interpolate(node.say(k), fill) for k in ("host_ip", "published", "target")]
            return Port(parts[0], parts[1], parts[2], node)
        text = interpolate(node.text, fill).partition("/")[0]
        head, _, target = text.rpartition(":")
        host, _, published = head.rpartition(":")
        return Port(host, published, target, node)

    def mounts(self) -> list[Mount]:
        """Its volumes, bound paths and tmpfs."""
        found = [self._mount(node) for node in self.node.nodes("volumes")]
        return found + [
            Mount("tmpfs", "", node.text.partition(":")[0], node)
            for node in self.node.nodes("tmpfs")
        ]

    def _mount(self, node: Node) -> Mount:
        if node.is_map:
            source = interpolate(node.say("source"), self.project.values)
            return Mount(node.say("type") or "volume", source, node.say("target"), node)
        text = interpolate(node.text, self.project.values)
        parts = text.split(":")
        if len(parts) == 1:
            return Mount("volume", "", parts[0], node)
        kind = "bind" if parts[0].startswith((".", "/", "~")) else "volume"
        return Mount(kind, parts[0], parts[1], node)

    def environment(self) -> dict[str, Node]:
        """Variables that the file itself sets; the node is the value."""
        node = self.node.get("environment")
        return as_map(node).fields if node is not None else {}

    def env_files(self) -> list[Node]:
        """Where env files are named."""
        return [
            node.get("path") or node if node.is_map else node
            for node in self.node.nodes("env_file")
        ]

    def depends_on(self) -> dict[str, str]:
        """The services it waits for, and for what; empty for the mere start."""
        node = self.node.get("depends_on")
        if node is None:
            return {}
        if node.is_map:
            return {name: value.say("condition") for name, value in node.fields.items()}
        return {one.text: "" for one in node.items}

    def networks(self) -> set[str]:
        """The networks it is in."""
        node = self.node.get("networks")
        if node is None:
            return {"default"}
        return set(node.fields) if node.is_map else {one.text for one in node.items}

    def words(self, *keys: str) -> list[str]:
        """A command as words, whether it was written as text or as a list."""
        node = self.node.get(*keys)
        if node is None:
            return []
        texts = [one.text for one in node.items] if node.is_list else _split(node.text)
        return [
            interpolate(text.replace("$$", "$"), {}) if "${" in text else text for text in texts
        ]

    def build(self) -> tuple[str, str, str]:
        """Context and Dockerfile as paths of the repository, and the target stage."""
        node = self.node.get("build")
        if node is None:
            return "", "", ""
        context = self.project.path(node.text or node.say("context") or ".")
        dockerfile = self.filled("build", "dockerfile") or "Dockerfile"
        return context, joined(context, dockerfile), self.filled("build", "target")

    def healthcheck(self) -> list[str]:
        """The healthcheck's words without CMD or CMD-SHELL; empty when none is set here."""
        node = self.node.get("healthcheck", "test")
        if node is None:
            return []
        words = [one.text for one in node.items] if node.is_list else ["CMD-SHELL", node.text]
        if words[:1] == ["CMD-SHELL"]:
            return _split(" ".join(words[1:]))
        return words[1:] if words[:1] in (["CMD"], ["NONE"]) else words

    @property
    def is_unchecked(self) -> bool:
        """Its healthcheck was switched off."""
        check = self.node.get("healthcheck")
        if check is None:
            return False
        disabled = check.get("disable")
        first = check.texts("test")[:1]
        return first == ["NONE"] or (disabled is not None and disabled.is_true)


def seconds(text: str) -> float | None:
    """A duration such as ``1m30s``; None when it is none."""
    parts = re.findall(r"(\d+(?:\.\d+)?)(us|ms|s|m|h)", text)
    if not parts:
        return float(text) if re.fullmatch(r"\d+(\.\d+)?", text) else None
    return sum(float(number) * SECONDS[unit] for number, unit in parts)


def _split(text: str) -> list[str]:
    try:
        return shlex.split(text)
    except ValueError:  # an open quote: the engine would refuse it, words are still words
        return text.split()
