"""``hitless export``."""

from __future__ import annotations

import re
from pathlib import Path

import click

from hitless.cli.common import as_json, quiet_app
from hitless.cli.terminal import echo, print_json
from hitless.deploy.prepare import read
from hitless.domain.errors import NotOurs, UsageError
from hitless.export.files import as_written
from hitless.export.kubernetes import README, Export, export

OUTPUT = "kubernetes"
STANDARD_OUTPUT = "-"


@click.group()
def command() -> None:
    """Make files for other tools, for those who outgrow one server."""


def _namespace(_ctx: click.Context, _option: click.Parameter, value: str) -> str:
    if value and not re.fullmatch(r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?", value):
        raise click.BadParameter(f"{value!r} is no name of a namespace")
    return value


@command.command()
@click.argument("version", required=False, default="")
@click.option(
    "-o",
    "--output",
    default=OUTPUT,
    show_default=True,
    metavar="DIR",
    help='Where to write, from here; "-" prints the manifests.',
)
@click.option("-n", "--namespace", default="", callback=_namespace, help="Of every object.")
@click.option(
    "--replicas",
    type=click.IntRange(1, 100),
    default=2,
    show_default=True,
    help="How many pods each web service has at least.",
)
@click.option("--force", is_flag=True, help="Write over files that somebody wrote or changed.")
@as_json
@click.pass_context
def kubernetes(
    ctx: click.Context,
    version: str,
    output: str,
    namespace: str,
    replicas: int,
    *,
    force: bool,
    as_json: bool,
) -> None:
    """Write Deployments, Services, an Ingress and the rest, which are yours from then on.

    No value of a secret is written; a README beside the manifests has the command that creates
    the Secret, and tells what has no counterpart. Nothing is applied.
    """
    app = quiet_app(ctx)
    source = read(app.world, app.settings(), version)
    made = export(
        source.model, source.settings, source.version, namespace=namespace, replicas=replicas
    )
    if output == STANDARD_OUTPUT:
        _print(made, as_json=as_json)
    else:
        _write(made, Path(output), force=force, as_json=as_json)


def _print(made: Export, *, as_json: bool) -> None:
    if as_json:
        print_json({"written": "", "files": made.files, "notes": list(made.notes), "stale": []})
        return
    texts = [text for name, text in made.files.items() if name != README]
    echo("---\n".join(texts).rstrip("\n"))
    echo(made.files[README], err=True)


def _write(made: Export, folder: Path, *, force: bool, as_json: bool) -> None:
    if folder.exists() and not folder.is_dir():
        raise UsageError(f"{folder} is not a directory", "name another one with --output")
    if not force:
        _refuse_to_lose(made, folder)
    _write_all(made, folder)
    stale = _stale(made, folder)
    if as_json:
        told = {"files": made.files, "notes": list(made.notes), "stale": stale}
        print_json({"written": str(folder), **told})
        return
    echo(f"wrote {', '.join(made.files)} to {folder}", bold=True)
    _tell_notes(made)
    for name in stale:
        echo(f"note: {folder / name} is of an earlier export: remove it", err=True)
    echo(f"Next: {folder / README} tells how to apply them")


def _write_all(made: Export, folder: Path) -> None:
    """Each file whole or not at all; a link in its place is replaced, not followed.

    Raises:
        UsageError: when one cannot be written.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name, text in made.files.items():
            unfinished = folder / f".{name}.new"
            unfinished.write_text(text, encoding="utf-8")
            unfinished.replace(folder / name)
    except OSError as error:
        raise UsageError(
            f"the manifests cannot be written to {folder}: {error.strerror}",
            "name another directory with --output",
        ) from error


def _refuse_to_lose(made: Export, folder: Path) -> None:
    """Before anything is written.

    Raises:
        NotOurs: with all files that somebody else wrote, or changed.
    """
    foreign = [name for name in made.files if _exists(folder / name) and not _ours(folder / name)]
    if foreign:
        raise NotOurs(
            f"in {folder} there are files that somebody wrote or changed",
            'look at what would be written with "hitless export kubernetes -o -", or write over '
            'them with "hitless export kubernetes --force"',
            tuple(foreign),
        )


def _stale(made: Export, folder: Path) -> list[str]:
    """Files of earlier exports that ``kubectl apply -f`` would still find."""
    found = (path for path in folder.glob("*.yaml") if path.name not in made.files)
    return sorted(path.name for path in found if _ours(path))


def _exists(path: Path) -> bool:
    return path.exists() or path.is_symlink()


def _ours(path: Path) -> bool:
    if path.is_symlink() or not path.is_file():
        return False
    return as_written(path.read_text(encoding="utf-8", errors="replace"))


def _tell_notes(made: Export) -> None:
    for note in made.notes:
        echo(f"note: {note}", err=True)
