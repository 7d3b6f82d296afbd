"""What is known about public images: their data, their ports, their health."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from hitless.documents.service import Service


class Known(NamedTuple):
    """One image.

    Attributes:
        kind: ``database``, ``cache``, ``broker``, ``storage``, ``proxy``, ``monitoring`` or
            ``admin``.
        data: Where its process writes what must not be lost.
        ports: Where it listens.
        password: Variables or flags of which one turns authentication on.
        healthcheck: It brings a healthcheck of its own.
    """

    kind: str
    data: tuple[str, ...] = ()
    ports: tuple[str, ...] = ()
    password: tuple[str, ...] = ()
    healthcheck: bool = False


PG = Known(
    "database",
    ("/var/lib/postgresql/data", "/var/lib/postgresql"),
    ("5432",),
    ("POSTGRES_PASSWORD",),
)
MYSQL = Known(
    "database", ("/var/lib/mysql",), ("3306",), ("MYSQL_ROOT_PASSWORD", "MARIADB_ROOT_PASSWORD")
)
REDIS = Known(
    "cache", ("/data",), ("6379",), ("--requirepass", "requirepass", "REDIS_PASSWORD", "--aclfile")
)
ELASTIC = Known(
    "database", ("/usr/share/elasticsearch/data",), ("9200", "9300"), ("ELASTIC_PASSWORD",)
)
KAFKA = Known(
    "broker", ("/var/lib/kafka/data", "/bitnami/kafka", "/var/lib/kafka"), ("9092",)
)  # where that image writes
NGINX = Known("proxy", (), ("80", "443", "8080"))

IMAGES: dict[str, Known] = {
    "postgres": PG,
    "pgvector": PG,
    "postgis": PG,
    "timescaledb": PG,
    "mysql": MYSQL,
    "mariadb": MYSQL,
    "percona": MYSQL,
    "mongo": Known("database", ("/data/db",), ("27017",), ("MONGO_INITDB_ROOT_PASSWORD",)),
    "redis": REDIS,
    "valkey": REDIS,
    "keydb": REDIS,
    "memcached": Known("cache", (), ("11211",)),
    "rabbitmq": Known(
        "broker", ("/var/lib/rabbitmq",), ("5672", "15672"), ("RABBITMQ_DEFAULT_PASS",)
    ),
    "nats": Known(
        "broker", ("/data",), ("4222", "8222"), ("--user", "--pass", "--auth", "-c", "--config")
    ),
    "kafka": KAFKA,
    "elasticsearch": ELASTIC,
    "opensearch": Known(
        "database",
        ("/usr/share/opensearch/data",),
        ("9200",),
        ("OPENSEARCH_INITIAL_ADMIN_PASSWORD",),
    ),
    "clickhouse-server": Known(
        "database", ("/var/lib/clickhouse",), ("8123", "9000"), ("CLICKHOUSE_PASSWORD",)
    ),
    "influxdb": Known("database", ("/var/lib/influxdb2", "/var/lib/influxdb"), ("8086",)),
    "minio": Known("storage", ("/data",), ("9000", "9001"), ("MINIO_ROOT_PASSWORD",)),
    "nginx": NGINX,
    "nginx-unprivileged": NGINX,
    "traefik": Known("proxy", (), ("80", "443")),
    "caddy": Known("proxy", ("/data",), ("80", "443")),
    "haproxy": Known("proxy", (), ("80", "443")),
    "prometheus": Known("monitoring", ("/prometheus",), ("9090",)),
    "victoria-metrics": Known("monitoring", ("/victoria-metrics-data", "/storage"), ("8428",)),
    "grafana": Known("monitoring", ("/var/lib/grafana",), ("3000",)),
    "alertmanager": Known("monitoring", ("/alertmanager",), ("9093",)),
    "loki": Known("monitoring", ("/loki",), ("3100",)),
    "node-exporter": Known("monitoring", (), ("9100",)),
    "cadvisor": Known("monitoring", (), ("8080",), (), healthcheck=True),
    "adminer": Known("admin", (), ("8080",)),
    "pgadmin4": Known("admin", ("/var/lib/pgadmin",), ("80", "5050")),
    "phpmyadmin": Known("admin", (), ("80",)),
    "flower": Known("admin", (), ("5555",)),
    "redis-commander": Known("admin", (), ("8081",), (), healthcheck=True),
    "redisinsight": Known("admin", ("/data",), ("5540",)),
    "mongo-express": Known("admin", (), ("8081",)),
    "portainer-ce": Known("admin", ("/data",), ("9000", "9443")),
    "mailhog": Known("admin", (), ("1025", "8025")),
    "mailpit": Known("admin", (), ("1025", "8025"), (), healthcheck=True),
}
DATA = ("database", "cache", "broker", "storage")
LOSABLE = ("database", "broker", "storage")
# Ports that only these images have; a web server may listen on 8000 or 9000 as well.
DATA_PORTS = frozenset(
    ("5432", "3306", "27017", "6379", "11211", "5672", "4222", "9092", "9200", "9300")
)
MONITORING_PORTS = frozenset(
    ("8222", "15672", "9090", "9093", "3100", "9100", "9121", "9187", "5555", "9001")
)


def short(image: str) -> str:
    """``registry.example/org/name:tag@digest`` without all but ``name``."""
    return re.split(r"[:@]", image.rsplit("/", 1)[-1])[0].lower()


def tag(image: str) -> str:
    """The tag; empty when there is none."""
    name = image.partition("@")[0].rsplit("/", 1)[-1]
    return name.partition(":")[2]


def known(service: Service) -> Known | None:
    """What is known about a service's image; a service built here is the project's own."""
    if service.is_built:
        return None
    return IMAGES.get(short(service.image))


def kind(service: Service) -> str:
    """The kind of a service's image; empty for the project's own and for unknown ones."""
    found = known(service)
    return found.kind if found is not None else ""


def is_data(service: Service) -> bool:
    """It keeps what others rely on."""
    return kind(service) in DATA


def is_application(service: Service) -> bool:
    """It is the project's own code, built here or elsewhere."""
    return known(service) is None
