from environment import facts, fresh


def test_the_checkout_is_only_read() -> None:
    words = fresh.prove("bare", None).commands[0].argv
    assert f"type=bind,source={facts.ROOT},target=/source,readonly" in words


def test_the_hosts_certificates_are_trusted_where_it_has_its_own() -> None:
    assert "PIP_CERT=/host-certificates.pem" in fresh.prove("bare", "/ca.pem").commands[0].argv
    assert not any("PIP_CERT" in word for word in fresh.prove("bare", None).commands[0].argv)


def test_a_second_run_must_find_nothing_to_do() -> None:
    first, second = fresh.SCRIPT.index("environment up\n"), fresh.SCRIPT.index("up --dry-run")
    assert first < second < fresh.SCRIPT.index("environment clean")
