"""Small repositories, written in a test as a few lines of text."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from hitless.adapters.memory.files import MemoryFiles
from hitless.audit.engine import audit
from hitless.audit.registry import rules
from hitless.audit.repository import Repository
from hitless.domain.finding import Persona

if TYPE_CHECKING:
    from hitless.domain.finding import Finding, Result

RULES = {one.id: one for one in rules()}


class Case(NamedTuple):
    """What a repository is like, the rule that is asked, and its files."""

    story: str
    rule: str
    files: dict[str, str]


def result(rule: str, files: dict[str, str]) -> Result:
    """What one rule thinks of these files."""
    repository = Repository(MemoryFiles(files))
    report = audit(repository, [RULES[rule]], today="2026-01-01", persona=Persona.PEDANTIC)
    return report.results[0]


def findings(rule: str, files: dict[str, str]) -> list[Finding]:
    """What one rule finds in these files."""
    return [*result(rule, files).findings]


def deployment(spec: str, container: str = "ports: [{containerPort: 8000}]") -> str:
    """A Kubernetes deployment with one container."""
    return f"""\
apiVersion: apps/v1
kind: Deployment
metadata: {{name: shop}}
spec:
  selector: {{matchLabels: {{app: shop}}}}
{spec}
  template:
    spec:
      volumes: [{{name: data, persistentVolumeClaim: {{claimName: data}}}}]
      containers:
        - name: shop
          image: example/shop:1.0
          {container}
"""
