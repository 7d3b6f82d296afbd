from pathlib import Path

import pytest

from environment import build_inputs


@pytest.fixture(autouse=True)
def _plain_host(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(Path, "home", lambda: tmp_path)
    monkeypatch.setattr(build_inputs, "OWN_CERTIFICATES", tmp_path / "own")
    monkeypatch.setattr(build_inputs, "DEBIAN_BUNDLE", tmp_path / "bundle.crt")
    monkeypatch.setattr(build_inputs, "SYSTEM_PIP_CONF", tmp_path / "etc-pip.conf")
    (tmp_path / "bundle.crt").write_text("certificates")


def test_an_ordinary_host_passes_nothing() -> None:
    assert build_inputs.build_variables({}) == {}


def test_a_certificate_added_to_the_host_passes_its_bundle(tmp_path: Path) -> None:
    (tmp_path / "own").mkdir()
    (tmp_path / "own" / "company.crt").write_text("x")
    assert build_inputs.build_variables({}) == {"BUILD_CA": str(tmp_path / "bundle.crt")}


def test_a_bundle_named_in_the_environment_is_passed(tmp_path: Path) -> None:
    bundle = tmp_path / "company.pem"
    bundle.write_text("x")
    assert build_inputs.build_variables({"SSL_CERT_FILE": str(bundle)})["BUILD_CA"] == str(bundle)


def test_a_named_bundle_that_is_not_there_is_not_passed(tmp_path: Path) -> None:
    assert build_inputs.build_variables({"PIP_CERT": str(tmp_path / "gone.pem")}) == {}


def test_pip_and_npm_configurations_are_passed(tmp_path: Path) -> None:
    (tmp_path / ".npmrc").write_text("fund=false")
    (tmp_path / "etc-pip.conf").write_text("[global]")
    assert build_inputs.build_variables({}) == {
        "BUILD_NPMRC": str(tmp_path / ".npmrc"),
        "BUILD_PIP_CONF": str(tmp_path / "etc-pip.conf"),
    }


def test_what_the_user_has_set_stays() -> None:
    assert build_inputs.build_variables({"BUILD_CA": "/dev/null"}) == {"BUILD_CA": "/dev/null"}


def test_builds_get_them_as_secrets() -> None:
    assert build_inputs.secret_options({"BUILD_NPMRC": "/n", "BUILD_CA": "/c"}) == (
        *("--secret", "id=ca,src=/c"),
        *("--secret", "id=npm,src=/n"),
    )
