"""A Go module: vet, test, build, and golangci-lint where it is configured."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hitless.documents.paths import joined
from hitless.fix.project.packages import Check, Package, Use

if TYPE_CHECKING:
    from hitless.audit.repository import Repository

GOLANGCI = "go run github.com/golangci/golangci-lint/v2/cmd/golangci-lint@v2.5.0 run"
CONFIGURATIONS = (".golangci.yml", ".golangci.yaml")


def package(repository: Repository, folder: str) -> Package:
    """What the toolchain itself can run, which is the same for every module."""
    checks = [Check("vet", "lint", "go vet ./...", baseline=True)]
    if any(joined(folder, one) in repository.known for one in CONFIGURATIONS):
        checks.append(Check("golangci-lint", "lint", GOLANGCI, baseline=True))
    checks.append(Check("tests", "test", "go test ./..."))
    checks.append(Check("build", "build", "go build ./..."))
    setup = Use(
        "actions/setup-go",
        {"go-version-file": joined(folder, "go.mod"), "cache": "false"},
    )
    return Package("go", folder, (setup,), ("go mod download",), "", tuple(checks))
