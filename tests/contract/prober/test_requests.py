"""Each kind of answer, good and bad, is counted as what it is."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

import pytest

from hitless.domain.traffic import Request, Traffic, TrafficKind

if TYPE_CHECKING:
    from collections.abc import Callable

    from hitless.domain.evidence import Evidence
    from tests.contract.prober.conftest import Probe, Site

NEW, KEPT, SLOW, WRITE = (
    TrafficKind.NEW,
    TrafficKind.KEPT,
    TrafficKind.SLOW,
    TrafficKind.WRITE,
)
DOCUMENT = '{"text": "{uuid}", "n": {n}, "nested": {"a": 1}}'


def traffic(port: int, *requests: Request, rps: float = 50, timeout: float = 10) -> Traffic:
    return Traffic(port=port, rps=rps, timeout=timeout, requests=requests)


def sent(number: int) -> Callable[[Evidence], bool]:
    return lambda evidence: evidence.sent >= number


def writes(read_back: str) -> Request:
    return Request(WRITE, "/documents", method="POST", body=DOCUMENT, read_back=read_back)


def reasons(evidence: Evidence) -> set[str]:
    return {failure.reason for failure in evidence.failures}


def test_a_healthy_site_loses_nothing_and_every_answer_is_attributed(
    site: Site, probe: Probe
) -> None:
    requests = (
        Request(NEW, "/ok", share=4),
        Request(KEPT, "/ok", share=4),
        Request(SLOW, "/slow/0.5", share=1),
        writes("/documents/{id}"),
    )
    evidence = probe(traffic(site.port, *requests), sent(60))
    assert evidence.failed == 0
    assert evidence.by_slot == {"blue": evidence.sent}
    assert evidence.by_release == {"41f9c2d0": evidence.sent}
    assert {second.kind for second in evidence.seconds if second.sent} == set(TrafficKind) - {
        TrafficKind.WEBSOCKET
    }
    assert evidence.of(WRITE).sent == len(site.documents)


def test_probes_name_themselves_and_ask_for_the_users_host(site: Site, probe: Probe) -> None:
    asked = Traffic(
        port=site.port, rps=50, host_header="app.example.com", requests=(Request(NEW, "/ok"),)
    )
    probe(asked, sent(3))
    assert site.agents == {"hitless-prober"}
    assert site.hosts == {"app.example.com"}


@pytest.mark.parametrize("kind", [NEW, KEPT])
@pytest.mark.parametrize(
    ("path", "reason"),
    [
        ("/status/500", "status 500"),
        ("/status/404", "status 404"),
        ("/status/302", "status 302"),
        ("/abrupt/", "connection closed before an answer"),
        ("/cut/", "the answer ends 995 bytes too early"),
        ("/garbage/", "damaged answer: BadStatusLine"),
        ("/text/", "damaged answer: the body is not JSON"),
        ("/silent/", "timed out after 0.5 s"),
        ("/drip/", "timed out after 0.5 s"),
        ("/drip_head/", "timed out after 0.5 s"),
    ],
)
def test_a_bad_answer_is_a_failure_with_its_reason(
    site: Site, probe: Probe, kind: TrafficKind, path: str, reason: str
) -> None:
    evidence = probe(traffic(site.port, Request(kind, path), timeout=0.5), sent(10))
    assert evidence.failed == evidence.sent
    assert reasons(evidence) == {reason}


def test_a_failure_says_who_answered(site: Site, probe: Probe) -> None:
    evidence = probe(traffic(site.port, Request(NEW, "/status/503")), sent(5))
    failure = evidence.failures[0]
    assert (failure.status, failure.slot, failure.release) == (503, "blue", "41f9c2d0")
    assert failure.path == "/status/503"


def test_failures_are_all_counted_but_only_the_first_fifty_are_told(
    site: Site, probe: Probe
) -> None:
    evidence = probe(traffic(site.port, Request(NEW, "/status/500"), rps=200), sent(80))
    assert evidence.failed >= 80
    assert len(evidence.failures) == 50
    assert evidence.worst_streak == evidence.failed


def test_an_expected_status_is_a_success_and_any_other_one_is_not(site: Site, probe: Probe) -> None:
    asked = Request(NEW, "/status/404", expect_status=(404,))
    surprised = Request(KEPT, "/ok", expect_status=(404,))
    evidence = probe(traffic(site.port, asked, surprised), sent(20))
    assert evidence.of(NEW).failed == 0
    assert evidence.of(KEPT).failed == evidence.of(KEPT).sent > 0


def test_a_body_that_is_too_short_is_a_failure(site: Site, probe: Probe) -> None:
    evidence = probe(traffic(site.port, Request(NEW, "/ok", min_bytes=500)), sent(5))
    assert reasons(evidence) == {"12 bytes instead of 500 or more"}


def test_a_site_that_is_not_there_fails_every_request(closed_port: int, probe: Probe) -> None:
    evidence = probe(traffic(closed_port, Request(NEW, "/"), Request(KEPT, "/")), sent(10))
    assert evidence.failed == evidence.sent
    assert reasons(evidence) == {"connection refused"}


def test_paths_in_any_script_arrive(site: Site, probe: Probe) -> None:
    asked = Request(NEW, "/ok/документи?q=два слова&done=100%25")
    assert probe(traffic(site.port, asked), sent(5)).failed == 0


def test_a_request_that_cannot_be_sent_is_a_failure_and_not_the_end(
    site: Site, probe: Probe
) -> None:
    broken = Request(NEW, "/ok", body="{}", method="POST", content_type="a\nb")
    evidence = probe(traffic(site.port, broken, Request(KEPT, "/ok")), sent(20))
    assert evidence.of(NEW).failed == evidence.of(NEW).sent > 0
    assert "cannot be sent" in evidence.failures[0].reason
    assert evidence.of(KEPT).failed == 0


def test_idle_connections_closed_by_the_server_are_opened_again(site: Site, probe: Probe) -> None:
    evidence = probe(
        traffic(site.port, Request(KEPT, "/idle/")), lambda seen: seen.reconnected >= 5
    )
    assert evidence.failed == 0


def test_a_connection_closed_under_a_repeatable_request_is_tried_once_more(
    site: Site, probe: Probe
) -> None:
    evidence = probe(
        traffic(site.port, Request(KEPT, "/race/")), lambda seen: seen.reconnected >= 5
    )
    assert evidence.failed == 0


def test_a_connection_closed_under_a_post_is_a_failure(site: Site, probe: Probe) -> None:
    posted = Request(KEPT, "/race/", method="POST", body="{}")
    evidence = probe(traffic(site.port, posted), lambda seen: seen.failed >= 5)
    assert evidence.reconnected == 0
    assert reasons(evidence) == {"connection closed before an answer"}


def test_an_answer_that_breaks_after_its_first_byte_is_never_repeated(
    site: Site, probe: Probe
) -> None:
    evidence = probe(traffic(site.port, Request(KEPT, "/torn/")), lambda seen: seen.failed >= 5)
    assert evidence.reconnected == 0


@pytest.mark.parametrize(
    ("read_back", "reason"),
    [
        ("/documents/none", "read-back has status 404"),
        ("/documents/other", "read-back does not contain what was written"),
    ],
)
def test_a_write_that_cannot_be_read_back_is_a_failure(
    site: Site, probe: Probe, read_back: str, reason: str
) -> None:
    evidence = probe(traffic(site.port, writes(read_back)), sent(5))
    assert evidence.failed == evidence.sent
    assert reasons(evidence) == {reason}


def test_a_stall_shows_as_slow_requests_and_not_as_few(site: Site, probe: Probe) -> None:
    """Closed-loop clients would have one slow request here: coordinated omission."""
    site.gate.clear()
    threading.Timer(2.0, site.gate.set).start()
    evidence = probe(traffic(site.port, Request(NEW, "/stall/"), rps=100), sent(300))
    half_a_second = 90  # the bucket of about 530 ms
    waited = sum(
        count
        for second in evidence.seconds
        for number, count in second.latencies.items()
        if number >= half_a_second
    )
    assert evidence.failed == 0
    assert waited > 100


def test_requests_under_way_at_the_end_are_awaited_and_counted(site: Site, probe: Probe) -> None:
    asked = (Request(SLOW, "/slow/1.5"), Request(NEW, "/ok"))
    evidence = probe(traffic(site.port, *asked, rps=20), lambda seen: seen.of(NEW).sent >= 5)
    assert evidence.of(SLOW).sent >= 5
    assert evidence.failed == 0
