import pytest

from environment import apt

DEB822 = """\
Types: deb
# a comment between fields, as image builders leave them
URIs: http://mirror.example/debian
Suites: bookworm bookworm-updates
Components: main
Signed-By: /usr/share/keyrings/debian-archive-keyring.gpg

Types: deb
URIs: http://mirror.example/debian-security
Suites: bookworm-security
Components: main
"""

ONE_LINE = """\
# deb cdrom:[Debian 12]/ bookworm main
deb [arch=amd64 signed-by=/usr/share/keyrings/x.gpg] https://packages.example/cloud bookworm-x main
deb-src http://mirror.example/debian bookworm main
deb [ signed-by=/usr/share/keyrings/debian.gpg ] http://mirror.example/debian/ bookworm main contrib
deb http://security.example/debian-security bookworm-security main
"""


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("/etc/apt/sources.list.d/debian.sources", DEB822),
        ("/etc/apt/sources.list", ONE_LINE),
    ],
)
def test_the_hosts_own_archive_is_read_from_both_formats(name: str, text: str) -> None:
    assert apt.archive_address({name: text}, "bookworm") == "http://mirror.example/debian"


def test_another_suite_or_component_is_not_the_debian_archive() -> None:
    files = {
        "/etc/apt/sources.list.d/a.sources": "Types: deb\nURIs: http://a.example\n"
        "Suites: nodistro\nComponents: main\n",
        "/etc/apt/sources.list.d/b.list": "deb http://b.example bookworm stable\n",
        "/etc/apt/sources.list.d/c.list": "deb http://c.example ./\n",
    }
    assert apt.archive_address(files, "bookworm") is None


def test_a_disabled_archive_is_left_out() -> None:
    text = "Enabled: no\n" + DEB822.partition("\n\n")[0]
    assert apt.archive_address({"/etc/apt/sources.list.d/debian.sources": text}, "bookworm") is None


def test_a_field_may_go_on_in_the_next_line() -> None:
    text = (
        "Types: deb\nURIs:\n http://mirror.example/debian\nSuites:\n bookworm\nComponents: main\n"
    )
    files = {"/etc/apt/sources.list.d/debian.sources": text}
    assert apt.archive_address(files, "bookworm") == "http://mirror.example/debian"


def test_a_cloud_images_mirror_list_stands_for_its_first_address() -> None:
    files = {
        "/etc/apt/sources.list.d/debian.sources": "Types: deb deb-src\n"
        "URIs: mirror+file:///etc/apt/mirrors/debian.list\nSuites: trixie\nComponents: main\n",
        "/etc/apt/mirrors/debian.list": "# nearest first\nhttps://near.example/debian\n",
    }
    assert apt.archive_address(files, "trixie") == "https://near.example/debian"


def test_an_installation_disc_is_no_archive_to_build_from() -> None:
    assert (
        apt.archive_address({"/etc/apt/sources.list": "deb cdrom:[x]/ trixie main"}, "trixie")
        is None
    )


def test_our_source_reads_back_as_the_address_it_was_made_from() -> None:
    files = {apt.SOURCE_FILE: apt.source_text("http://mirror.example/debian")}
    assert apt.archive_address(files, "trixie") == "http://mirror.example/debian"


def test_only_the_engines_packages_may_come_from_the_newer_debian() -> None:
    refused, allowed = apt.preferences_text().split("\n\n")
    assert "Package: *\n" in refused
    assert refused.endswith("Pin-Priority: -1")
    assert f"Package: {' '.join(apt.ENGINE_PACKAGES)}\n" in allowed
    assert "libc6" not in allowed
