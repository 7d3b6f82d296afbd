"""What watches the services of a repository."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from hitless.audit.repository import Repository

AGENTS = (
    r"prometheus|victoria-?metrics|vmagent|otel|opentelemetry|datadog|grafana/(agent|alloy"
    r"|mimir)|telegraf|netdata|newrelic|zabbix|checkmk|signoz"
)
LOG_AGENTS = (
    r"loki|promtail|alloy|fluent|(?:^|/)vector|filebeat|logstash|graylog|otel|opentelemetry|datadog"
    r"|newrelic|dozzle-agent|signoz"
)
CONFIGURATION = (
    r"(^|/)(prometheus|victoriametrics|vmagent|otel[\w-]*|alloy|telegraf"
    r"|datadog)[\w.-]*\.(ya?ml|conf|toml|alloy|river)$"
)
LOG_CONFIGURATION = (
    r"(^|/)(promtail|fluent-?bit|fluentd|vector|filebeat|loki|alloy|otel[\w-]*)[\w.-]*\.(ya?ml"
    r"|conf|toml|alloy)$"
)


def collects(repository: Repository) -> bool:
    """Something collects metrics."""
    return _runs(repository, AGENTS) or bool(repository.matching(CONFIGURATION))


def takes_logs(repository: Repository) -> bool:
    """Something takes logs away from their containers."""
    return _runs(repository, LOG_AGENTS) or bool(repository.matching(LOG_CONFIGURATION))


def alerts(repository: Repository) -> bool:
    """Somebody is told: rules in files, or a service whose rules live elsewhere."""
    if _runs(repository, r"datadog|newrelic|netdata|zabbix|uptime-kuma|checkmk"):
        return True
    likely = repository.matching(
        r"(alert|rules|monitoring|prometheus|grafana)[^.]*\.(ya?ml|json)$|/(alerts?|rules|alerting)/"
    )
    return any(
        re.search(
            r"^\s*-?\s*alert:|alertRule|\"alert\"|contactPoints", repository.text(p), re.MULTILINE
        )
        for p in likely
    )


def _runs(repository: Repository, pattern: str) -> bool:
    return any(
        re.search(pattern, one.image.lower())
        for project in repository.projects
        for one in project.services.values()
    )
