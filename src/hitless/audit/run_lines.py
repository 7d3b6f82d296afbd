"""What a RUN instruction installs."""

from __future__ import annotations

import re

# Manager -> a command that installs what a lock or requirements file lists.
DEPENDENCIES = {
    "uv": r"\buv\s+(?:sync|pip\s+(?:install|sync))\b",  # before pip, which it is spelt with
    "pip": r"\bpip3?\s+install\b[^&|;]*(?:-r\s|--requirement)",
    "poetry": r"\bpoetry\s+install\b",
    "pipenv": r"\bpipenv\s+(?:install|sync)\b",
    "npm": r"\bnpm\s+(?:ci\b|(?:install|i)\b(?=(?:\s+-\S+)*\s*(?:$|[&|;#])))(?!\s+(?:-g|--global))",
    "yarn": r"\byarn(?:\s+install|\s+--frozen-lockfile|\s*$|\s*&&)",
    "pnpm": r"\bpnpm\s+(?:install|i|fetch)\b",
    "bun": r"\bbun\s+(?:ci\b|(?:install|i)\b(?=(?:\s+-\S+)*\s*(?:$|[&|;#])))",
    "go": r"\bgo\s+mod\s+download\b",
    "bundler": r"\bbundle\s+install\b",
    "composer": r"\bcomposer\s+install\b",
}
# Debian's and Ubuntu's releases by name: as good as a number.
CODENAMES = r"trixie|bookworm|bullseye|buster|forky|noble|jammy|focal|resolute"
# Images whose tag tells a language first and a system second.
LANGUAGES = frozenset(("python", "node", "golang", "ruby", "php", "rust", "openjdk", "elixir"))
APT = r"\bapt(?:-get)?\s+(?:-\S+\s+)*install\b([^&|;]*)"
APK = r"\bapk\s+(?:--\S+\s+)*add\b([^&|;]*)"


def manager(script: str) -> str:
    """The package manager whose lock file a script installs; empty when none does."""
    return next((name for name, wanted in DEPENDENCIES.items() if re.search(wanted, script)), "")


def packages(script: str) -> set[str]:
    """Packages of the operating system that a script installs."""
    found: set[str] = set()
    for wanted in (APT, APK):
        for one in re.findall(wanted, script):
            words = (word.partition("=")[0] for word in one.replace("\\", " ").split())
            found |= {word for word in words if not word.startswith(("-", "$"))}
    return found


def is_mutable(image: str) -> bool:
    """The same name may mean another image tomorrow: no tag, or one without a number."""
    if "@sha256:" in image or image in ("", "scratch"):
        return False
    last = image.rsplit("/", 1)[-1]
    name, colon, tag = last.partition(":")
    if "distroless" in image:  # the system's release is in the name: base-debian13
        return not re.search(r"\d", name)
    told = re.search(rf"\d|{CODENAMES}", tag)
    if name in LANGUAGES:
        # alpine3.22 and bookworm tell the system below, and nothing of the language.
        told = re.search(r"\d", re.sub(rf"\b(?:alpine|debian|ubuntu)[\d.]*|{CODENAMES}", "", tag))
    return bool(name) and (not colon or not told)


def hands_on(script: str) -> bool:
    """A script becomes the service that it starts, or looks after signals itself."""
    found = re.search(r"(?:^|[;&|]\s*|\s)exec\s|\btrap\s|\bwait\b", script, re.MULTILINE)
    return bool(found)
