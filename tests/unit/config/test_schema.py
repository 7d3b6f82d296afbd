"""The schema that users meet and the settings that the domain knows are the same."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import BaseModel, ValidationError
from pydantic_core import PydanticUndefined

from hitless.config import schema
from hitless.domain import settings
from hitless.domain.codec import encode

PAIRS = [
    (schema.HitlessFile, settings.Settings),
    (schema.WebSection, settings.Web),
    (schema.WorkerSection, settings.Worker),
    (schema.QueueSection, settings.Queue),
    (schema.RouteSection, settings.Route),
    (schema.ProxySection, settings.Proxy),
    (schema.MigrationsSection, settings.Migrations),
    (schema.SmokeSection, settings.SmokeCheck),
    (schema.WriteSection, settings.WriteProbe),
    (schema.ProbeSection, settings.Probe),
    (schema.TimingSection, settings.Timing),
    (schema.NotifySection, settings.Channel),
    (schema.CanarySection, settings.Canary),
    (schema.StrategySection, settings.Strategy),
    (schema.MaintenanceSection, settings.Pause),
    (schema.VerifySection, settings.Verify),
    (schema.AuditSection, settings.Audit),
    (schema.AcceptedSection, settings.Accepted),
]
OPTIONAL_IN_THE_FILE = {("Settings", "compose"), ("Proxy", "service")}


def plain(value: Any) -> Any:
    if isinstance(value, BaseModel):
        return plain(value.model_dump(by_alias=True))
    if isinstance(value, list | tuple) and not hasattr(value, "_fields"):
        return [plain(item) for item in value]
    return encode(value)


def domain_default(domain: type[Any], name: str) -> Any:
    defaults = domain._field_defaults
    return plain(defaults[name]) if name in defaults else PydanticUndefined


@pytest.mark.parametrize(("section", "domain"), PAIRS)
def test_a_section_has_the_fields_and_defaults_of_the_domain(
    section: type[BaseModel], domain: type[Any]
) -> None:
    fields = [name for name in domain._fields if name != "environment"]
    told = {field.alias or name: field for name, field in section.model_fields.items()}
    told.pop("environments", None)  # laid over the rest before the domain gets it
    assert set(told) == set(fields)
    for name, field in told.items():
        if (domain.__name__, name) not in OPTIONAL_IN_THE_FILE:
            assert plain(field.default) == domain_default(domain, name), name


def test_every_section_of_the_schema_is_compared() -> None:
    sections = {s for s in vars(schema).values() if isinstance(s, type)}
    models = {s for s in sections if issubclass(s, BaseModel) and s.__name__[0] != "_"}
    assert models - {BaseModel, schema.EnvironmentsSection} == {section for section, _ in PAIRS}


@pytest.mark.parametrize(("section", "_domain"), PAIRS)
def test_every_key_is_described(section: type[BaseModel], _domain: type[Any]) -> None:
    for name, field in section.model_fields.items():
        assert field.description, f"{section.__name__}.{name} has no description"


@pytest.mark.parametrize(
    ("text", "seconds"),
    [("250ms", 0.25), ("30s", 30), ("1.5m", 90), ("2h", 7200), ("1d", 86400), (" 5 s ", 5)],
)
def test_durations_are_written_as_people_write_them(text: str, seconds: float) -> None:
    assert schema.TimingSection.model_validate({"bake": text}).bake == seconds


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ({}, "either url or url_env"),
        ({"url": "https://a.example", "url_env": "HOOK"}, "either url or url_env"),
        ({"url": "file:///etc/passwd"}, "pattern"),
        ({"url": "https://a.example", "timeout": "2m"}, "up to 60 s, not 120"),
        ({"url": "https://a.example", "secret_env": "not a name"}, "pattern"),
        ({"url": "https://a.example", "events": ["lived"]}, "live"),
    ],
)
def test_a_channel_that_cannot_be_told_is_refused(written: dict[str, Any], said: str) -> None:
    with pytest.raises(ValidationError, match=said):
        schema.NotifySection.model_validate(written)
