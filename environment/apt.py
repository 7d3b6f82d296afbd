"""The host's own Debian source, and ours beside it (pure text in, text out).

Debian 12's engine and Compose are too old. Debian 13's run on it unchanged, so on Debian 12
they are taken from there, from the same server the host already uses, and nothing else is.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

ARCHIVE_KEYRING = "/usr/share/keyrings/debian-archive-keyring.gpg"
SOURCE_FILE = "/etc/apt/sources.list.d/hitless-trixie.sources"
PREFERENCES_FILE = "/etc/apt/preferences.d/hitless-trixie"
ENGINE_PACKAGES = ("docker.io", "docker-cli", "docker-compose", "docker-buildx", "containerd")

MIRROR_LIST = "mirror+file:"


@dataclass(frozen=True, slots=True)
class Entry:
    """One archive a host installs from: address, suites, components."""

    address: str
    suites: tuple[str, ...]
    components: tuple[str, ...]


def entries(files: Mapping[str, str]) -> Iterator[Entry]:
    """Read apt source files (name to text) in both formats; disabled entries are left out."""
    for name in sorted(files):
        if name.endswith(".sources"):
            yield from _deb822(files[name])
        elif name.endswith(".list"):
            yield from _one_line(files[name])


def archive_address(files: Mapping[str, str], codename: str) -> str | None:
    """The base address of the host's own Debian archive, or None when it names none.

    That is the first entry with the host's suite and component main. Security and updates
    archives have suites of other names, third parties have other components or suites.
    ``mirror+file:`` lists, as cloud images have them, stand for the first address in them.
    """
    for entry in entries(files):
        if codename in entry.suites and "main" in entry.components:
            address = _first_mirror(entry.address, files)
            if address.startswith(("http://", "https://")):
                return address.rstrip("/")
    return None


def source_text(address: str) -> str:
    """Our sources file: Debian 13's main component, checked with the stock keyring."""
    return (
        '# Written by Hitless\' environment; "make clean" removes it.\n'
        f"Types: deb\nURIs: {address}\nSuites: trixie\nComponents: main\n"
        f"Signed-By: {ARCHIVE_KEYRING}\n"
    )


def preferences_text() -> str:
    """Our preferences file: nothing from Debian 13 but the engine's own packages."""
    return (
        '# Written by Hitless\' environment; "make clean" removes it.\n'
        "Package: *\nPin: release n=trixie\nPin-Priority: -1\n\n"
        f"Package: {' '.join(ENGINE_PACKAGES)}\nPin: release n=trixie\nPin-Priority: 990\n"
    )


def _deb822(text: str) -> Iterator[Entry]:
    lines = (line for line in text.splitlines() if not line.startswith("#"))
    for stanza in "\n".join(lines).split("\n\n"):
        fields = _fields(stanza)
        if "deb" not in fields.get("types", "").split() or fields.get("enabled") == "no":
            continue  # a disabled archive is one the user does not want to install from
        for address in fields.get("uris", "").split():
            yield Entry(
                address,
                tuple(fields.get("suites", "").split()),
                tuple(fields.get("components", "").split()),
            )


def _fields(stanza: str) -> dict[str, str]:
    fields: dict[str, str] = {}
    name = ""
    for line in stanza.splitlines():
        if line[:1].isspace():
            fields[name] = f"{fields.get(name, '')} {line.strip()}"
        elif ":" in line:
            name, _, value = line.partition(":")
            name = name.lower()
            fields[name] = value.strip()
    return fields


def _one_line(text: str) -> Iterator[Entry]:
    for line in text.splitlines():
        words = line.partition("#")[0].split()
        if words[:1] != ["deb"]:
            continue
        rest = words[1:]
        if rest and rest[0].startswith("["):
            closing = next((i for i, word in enumerate(rest) if word.endswith("]")), len(rest))
            rest = rest[closing + 1 :]
        if len(rest) >= 3:  # noqa: PLR2004  # address, suite, at least one component
            yield Entry(rest[0], (rest[1],), tuple(rest[2:]))


def _first_mirror(address: str, files: Mapping[str, str]) -> str:
    if not address.startswith(MIRROR_LIST):
        return address
    text = files.get("/" + address.removeprefix(MIRROR_LIST).lstrip("/"), "")
    lines = (line.partition("#")[0].split() for line in text.splitlines())
    return next((words[0] for words in lines if words), "")
