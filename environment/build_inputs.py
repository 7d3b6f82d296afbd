"""What image builds must be told about this host, as the stack's compose.yml expects it.

A host may trust a certificate authority of its own or have pip and npm configured. Builds get
these as optional build secrets, whose files compose.yml reads from three variables.
"""

from collections.abc import Mapping
from pathlib import Path

DEBIAN_BUNDLE = Path("/etc/ssl/certs/ca-certificates.crt")
SYSTEM_PIP_CONF = Path("/etc/pip.conf")
OWN_CERTIFICATES = Path("/usr/local/share/ca-certificates")
BUNDLE_VARIABLES = ("SSL_CERT_FILE", "PIP_CERT", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE")
SECRET_OF = {"BUILD_CA": "ca", "BUILD_PIP_CONF": "pip", "BUILD_NPMRC": "npm"}


def build_variables(environ: Mapping[str, str]) -> dict[str, str]:
    """The ``BUILD_*`` variables for this host; what the user has set already stays."""
    found = {
        "BUILD_CA": _certificates(environ),
        "BUILD_PIP_CONF": _first_file(_pip_files(environ)),
        "BUILD_NPMRC": _first_file(_npm_files(environ)),
    }
    return {
        name: environ.get(name) or str(path)
        for name, path in found.items()
        if path is not None or environ.get(name)
    }


def secret_options(variables: Mapping[str, str]) -> tuple[str, ...]:
    """The same as options of ``docker buildx build``."""
    return tuple(
        word
        for name, path in sorted(variables.items())
        for word in ("--secret", f"id={SECRET_OF[name]},src={path}")
    )


def _certificates(environ: Mapping[str, str]) -> Path | None:
    named = [Path(environ[name]) for name in BUNDLE_VARIABLES if environ.get(name)]
    own = OWN_CERTIFICATES.is_dir() and any(OWN_CERTIFICATES.iterdir())
    return _first_file([*named, *([DEBIAN_BUNDLE] if own else [])])


def _pip_files(environ: Mapping[str, str]) -> list[Path]:
    named = environ.get("PIP_CONFIG_FILE")
    return [
        *([Path(named)] if named else []),
        Path.home() / ".config/pip/pip.conf",
        Path.home() / ".pip/pip.conf",
        SYSTEM_PIP_CONF,
    ]


def _npm_files(environ: Mapping[str, str]) -> list[Path]:
    named = environ.get("NPM_CONFIG_USERCONFIG")
    return [*([Path(named)] if named else []), Path.home() / ".npmrc"]


def _first_file(candidates: list[Path]) -> Path | None:
    return next((path for path in candidates if path.is_file() and path.stat().st_size), None)
