"""Where things are tried: a throw-away copy of the repository, and programs run beside it."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from hitless.domain.errors import CommandFailed, ToolMissing

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping

    from hitless.audit.repository import Repository
    from hitless.domain.container import Output
    from hitless.domain.ports import Programs

SHOWN_LINES = 15
PULL_SECONDS = 120.0
LOOK_SECONDS = 30.0


class NotChecked(Exception):  # no error: one of the three answers
    """It could not be tried here; the text says why."""


class Refuted(Exception):  # no error: one of the three answers
    """It was tried and is wrong."""

    def __init__(self, reason: str, output: str = "", hint: str = "") -> None:
        super().__init__(reason)
        self.output = tuple(output.strip().splitlines()[-SHOWN_LINES:])
        self.hint = hint


@dataclass(frozen=True, slots=True)
class Attempt:
    """One thing to try.

    Attributes:
        work: Ends without an answer when it is proved; raises NotChecked or Refuted.
    """

    check: str
    subject: str
    proves: str
    work: Callable[[], None]


class Folder(Protocol):
    """A folder that is written to."""

    def write(self, changes: Mapping[str, tuple[str | None, str]]) -> None:
        """Path to the text that is there, None for a new file, and the text to be."""


@dataclass(slots=True)
class Bench:
    """A repository's copy, and what was found out about it by now.

    Attributes:
        directory: The copy.
        aside: Where the checks put files of their own, so that the copy stays a clean checkout.
        tree: Writes to ``aside``.
        name: Every container, network and image that is made begins with it.
        hide: Values that are in no output.
        added: Files of the copy that the repository does not have, such as ``.env``.
        run_checks: The commands of workflows are to be run.
        models: What Compose made of each project's files, by the first file.
        built: Service to the image that was built of it, by the project's first file.
    """

    repository: Repository
    directory: Path
    aside: Path
    programs: Programs
    tree: Folder
    name: str
    hide: Collection[str] = ()
    added: Collection[str] = ()
    run_checks: bool = False
    models: dict[str, dict[str, Any]] = field(default_factory=dict)
    built: dict[tuple[str, str], str] = field(default_factory=dict)
    _put: int = 0
    _missing: dict[str, str] = field(default_factory=dict)
    _engine: str | None = None

    def run(self, command: tuple[str, ...], seconds: float) -> Output:
        """Run a program to its end in the copy.

        Raises:
            NotChecked: when it is not installed, or takes longer than ``seconds``.
        """
        program, *arguments = command
        try:
            return self.programs.run(
                Path(program), self.directory, {}, seconds, self.hide, arguments=arguments
            )
        except ToolMissing:
            raise NotChecked(f"{program} is not installed") from None
        except CommandFailed:  # its text holds the whole command line
            raise NotChecked(f"{program} took longer than {seconds:g} s") from None

    def need_engine(self) -> None:
        """Raises NotChecked when no container engine answers."""
        if self._engine is None:
            self._engine = self._without_engine()
        if self._engine:
            raise NotChecked(self._engine)

    def _without_engine(self) -> str:
        try:
            output = self.run(("docker", "version", "--format", "{{.Server.Version}}"), 20.0)
        except NotChecked as error:
            return f"no engine: {error}"
        return "" if output.code == 0 else "no engine: docker does not answer"

    def need_image(self, image: str) -> None:
        """Raises NotChecked when an image is neither here nor to be had."""
        self.need_engine()
        if image not in self._missing:
            self._missing[image] = self._without_image(image)
        if self._missing[image]:
            raise NotChecked(self._missing[image])

    def _without_image(self, image: str) -> str:
        here = self.run(("docker", "image", "inspect", "--format", "{{.Id}}", image), LOOK_SECONDS)
        if here.code == 0:
            return ""
        try:
            pulled = self.run(("docker", "pull", "--quiet", image), PULL_SECONDS)
        except NotChecked as error:
            return f"image {image} is not here: {error}"
        return "" if pulled.code == 0 else f"image {image} is not here and cannot be pulled"

    def put(self, text: str) -> str:
        """A new file beside the copy; returns its full path."""
        self._put += 1
        name = f"{self._put}.txt"
        self.tree.write({name: (None, text)})
        return str(self.aside / name)

    def image_of(self, project: str, service: str) -> str:
        """The image that a service is started from: the one just built, or the one named.

        Raises:
            NotChecked: when it was to be built and was not.
        """
        if (project, service) in self.built:
            return self.built[project, service]
        told = self.models[project]["services"][service]
        if "build" in told:
            raise NotChecked(f"the image of {service} was not built")
        image = str(told.get("image", ""))
        self.need_image(image)
        return image
