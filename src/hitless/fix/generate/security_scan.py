"""The workflow that looks for known vulnerabilities in lock files and images."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from hitless.fix.generate.render import workflow
from hitless.fix.generate.wanted import lacks, new
from hitless.fix.project.images import images
from hitless.fix.project.packages import Package, Use, first, packages

if TYPE_CHECKING:
    from hitless.audit.repository import Repository

CLOSES = ("CI07",)
PATH = ".github/workflows/security-scan.yml"
PIP_AUDIT = "pipx run pip-audit==2.10.1"
GOVULNCHECK = "go run golang.org/x/vuln/cmd/govulncheck@v1.1.4 ./..."


class Audit(NamedTuple):
    """A job for one package; the last command is the one that looks."""

    name: str
    title: str
    folder: str
    setup: tuple[Use, ...]
    commands: tuple[str, ...]


def files(repository: Repository) -> dict[str, str]:
    """A job for each package whose versions are known, and one for each image."""
    if not lacks(repository, *CLOSES):
        return {}
    audits = [made for one in packages(repository) if (made := _audit(repository, one)).commands]
    found = images(repository)
    if not audits and not found:
        return {}
    text = workflow("security-scan.yml.j2", packages=audits, images=found)
    return new(repository, {PATH: text})


def _audit(repository: Repository, package: Package) -> Audit:
    commands = {"npm": _npm, "python": _python, "go": _go}[package.kind](repository, package)
    return Audit(package.name, package.title, package.folder, package.setup, commands)


def _npm(repository: Repository, package: Package) -> tuple[str, ...]:
    manager = package.prefix.split()[0]
    if manager == "npx":
        if first(repository, package.folder, "package-lock.json", "npm-shrinkwrap.json"):
            return ("npm audit --audit-level=high",)
        resolved = "npm install --package-lock-only"  # there is no lock file to read
        return (resolved, "npm audit --audit-level=high")
    if manager == "yarn":
        enable = "corepack enable"
        berry = first(repository, package.folder, ".yarnrc.yml")
        return (enable, "yarn npm audit --severity high" if berry else "yarn audit --level high")
    return (f"{manager} audit --audit-level=high",)


def _python(repository: Repository, package: Package) -> tuple[str, ...]:
    if package.prefix == "uv run ":
        export = "uv export --quiet --locked --no-emit-project --output-file audited.txt"
        return (export, f"{PIP_AUDIT} --disable-pip --requirement audited.txt")
    names = ("requirements.lock", "requirements.txt", "requirements/base.txt")
    wanted = first(repository, package.folder, *names)
    if wanted:
        return (f"{PIP_AUDIT} --requirement {wanted}",)
    # Nothing lists versions: what is installed is looked at.
    return (*package.install, f"{PIP_AUDIT} .") if package.install else ()


def _go(_repository: Repository, _package: Package) -> tuple[str, ...]:
    return (GOVULNCHECK,)
