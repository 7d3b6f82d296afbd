"""An npm package: its package manager by the lock file, and the scripts that it has."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any, NamedTuple

from hitless.documents.paths import joined
from hitless.fix.project.packages import Check, Package, Use, declared, first, own_tests

if TYPE_CHECKING:
    from collections.abc import Iterator

    from hitless.audit.repository import Repository

NODE = "22"
PNPM = "10"
PLACEHOLDER = "no test specified"  # what "npm init" writes
# Kind of check -> names of scripts; the first that is there is run.
SCRIPTS = {
    "lint": ("lint", "lint:check", "check:lint"),
    "types": ("typecheck", "type-check", "check-types", "types"),
    "test": ("test", "test:unit", "test:ci"),
    "build": ("build",),
}
# Program -> the files by which it is configured, and how it is run without a script.
CONFIGURED = {
    "eslint": ("lint", ("eslint.config.js", "eslint.config.mjs", ".eslintrc.json"), "eslint ."),
    "typescript": ("types", ("tsconfig.json",), "tsc --noEmit"),
}


class Manager(NamedTuple):
    """A package manager.

    Attributes:
        run: Runs a script.
        execute: Runs a program of the package, and never fetches one.
    """

    setup: tuple[Use, ...]
    install: tuple[str, ...]
    run: str
    execute: str


def package(repository: Repository, folder: str) -> Package:
    """Its package manager, and the scripts that exist."""
    manager = _manager(repository, folder)
    node = Use("actions/setup-node", {"node-version": node_version(repository, folder)})
    scripts = _scripts(repository, folder)
    checks = [*_own(scripts, manager), *_configured(repository, folder, scripts, manager)]
    if own_tests(repository, folder, "JavaScript") and not any(c.kind == "test" for c in checks):
        checks += _runner(repository, folder, manager)
    order = list(SCRIPTS)
    checks.sort(key=lambda one: order.index(one.kind))
    return Package(
        "npm", folder, (*manager.setup, node), manager.install, manager.execute, tuple(checks)
    )


def node_version(repository: Repository, folder: str) -> str:
    """What its image runs on, else what it says, else the long-term one."""
    for path, file in repository.dockerfiles.items():
        if path.startswith(f"{folder}/" if folder else ""):
            for stage in file.stages:
                found = re.search(r"(?:^|/)node:(\d+)", stage.base)
                if found:
                    return found[1]
    told = repository.text(joined(folder, ".nvmrc")).strip().removeprefix("v")
    engine = str(_table(_json(repository, folder), "engines").get("node", ""))
    number = re.search(r"\d+", told or engine)
    return number[0] if number and not engine.startswith(">") else NODE


def _own(scripts: dict[str, str], manager: Manager) -> Iterator[Check]:
    for kind, names in SCRIPTS.items():
        for name in names:
            if name in scripts and PLACEHOLDER not in scripts[name]:
                baseline = kind in ("lint", "types")
                yield Check(name, kind, f"{manager.run} {name}", baseline=baseline)
                break


def _configured(
    repository: Repository, folder: str, scripts: dict[str, str], manager: Manager
) -> Iterator[Check]:
    """Programs that are configured and installed, and that no script runs."""
    wanted = declared(repository, folder, "npm")
    for name, (kind, files, command) in CONFIGURED.items():
        program = command.partition(" ")[0]
        called = any(program in text for text in scripts.values())
        if name in wanted and first(repository, folder, *files) and not called:
            yield Check(program, kind, f"{manager.execute} {command}", baseline=True)


def _runner(repository: Repository, folder: str, manager: Manager) -> Iterator[Check]:
    """Tests without a script: by the runner that is installed, else by Node's own."""
    wanted = declared(repository, folder, "npm")
    runner = next((one for one in ("vitest", "jest") if one in wanted), "")
    command = {"vitest": f"{manager.execute} vitest run", "jest": f"{manager.execute} jest"}
    yield Check("tests", "test", command.get(runner, "node --test"))


def _manager(repository: Repository, folder: str) -> Manager:
    lock = first(repository, folder, "package-lock.json", "npm-shrinkwrap.json", "pnpm-lock.yaml")
    lock = lock or first(repository, folder, "yarn.lock", "bun.lock", "bun.lockb")
    if lock == "pnpm-lock.yaml":
        own = "packageManager" in _json(repository, folder)
        file = {"package_json_file": joined(folder, "package.json")}
        setup = Use("pnpm/action-setup", file if own else {"version": PNPM})
        return Manager((setup,), ("pnpm install --frozen-lockfile",), "pnpm run", "pnpm exec")
    if lock == "yarn.lock":
        berry = joined(folder, ".yarnrc.yml") in repository.known
        flag = "--immutable" if berry else "--frozen-lockfile"
        return Manager((), ("corepack enable", f"yarn install {flag}"), "yarn run", "yarn exec")
    if lock.startswith("bun.lock"):
        setup = Use("oven-sh/setup-bun", {"no-cache": "true"})
        return Manager((setup,), ("bun install --frozen-lockfile",), "bun run", "bun x --bun")
    # Without a lock file "npm ci" refuses: install what the ranges allow, and say so.
    install = "npm ci" if lock else "npm install --no-package-lock"
    return Manager((), (install,), "npm run", "npx --no-install")


def _scripts(repository: Repository, folder: str) -> dict[str, str]:
    scripts = _table(_json(repository, folder), "scripts")
    return {name: str(text) for name, text in scripts.items()}


def _table(data: dict[str, Any], name: str) -> dict[str, Any]:
    value = data.get(name)
    return value if isinstance(value, dict) else {}


def _json(repository: Repository, folder: str) -> dict[str, Any]:
    try:
        data = json.loads(repository.text(joined(folder, "package.json")) or "{}")
    except (ValueError, RecursionError):  # an audit tells it; here nothing is known
        return {}
    return data if isinstance(data, dict) else {}
