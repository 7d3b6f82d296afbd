"""Passwords in the addresses by which clients find a database or broker."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from hitless.documents.interpolation import interpolate
from hitless.fix.edit import RefusedError
from hitless.fix.env_examples import shown
from hitless.fix.services import item, put
from hitless.fix.text_editor import TextEditor
from hitless.fix.yaml_edit import Set

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from hitless.audit.repository import Repository
    from hitless.documents.service import Service
    from hitless.fix.step import Action

NOTE = "# A secret without a default: choose it, for example by openssl rand -hex 32"
BARE = r"://(?:[^\s:/@]+@)?{host}"  # with a user at most, and no password


class Kind(NamedTuple):
    """One kind of server.

    Attributes:
        variable: Where its password comes from.
        address: What stands before the password in an address; ``{host}`` is the server.
        user: What a client calls itself; empty where the address tells, or nobody asks.
    """

    variable: str
    address: str
    user: str = ""

    def found(self, text: str, host: str) -> Iterator[re.Match[str]]:
        """What stands before this host in each address that has no password."""
        return re.finditer(self.address.format(host=_at(host)), text)

    def part(self, found: re.Match[str], secret: str) -> str:
        """The same with the password."""
        return f"{found[1]}{self.user}:{secret}@"

    def given(self, text: str, host: str, secret: str) -> str:
        """A text with the password in every address of this host."""
        wanted = self.address.format(host=_at(host))
        return re.sub(wanted, lambda one: self.part(one, secret), text)


POSTGRES = Kind("POSTGRES_PASSWORD", r"(\bpostgres(?:ql)?(?:\+\w+)?://[^\s:/@]+)@(?={host})")
REDIS = Kind("REDIS_PASSWORD", r"(\b(?:rediss?|valkeys?)://)(?={host})")
NATS = Kind("NATS_PASSWORD", r"(\b(?:nats|tls)://)(?={host})", "nats")


def clients(repository: Repository, server: Service, kind: Kind, secret: str) -> list[Action]:
    """Every client of a server gets its password, and example env files show it.

    Raises:
        RefusedError: when there is no client, or one that finds the server in another way.
    """
    _sure_of_code(repository, server)
    made: list[Action] = []
    for service in server.project.services.values():
        for name, text, change in _variables(repository, service) if service is not server else ():
            new = kind.given(text, server.name, secret)
            _sure(f"{service} by {name}", interpolate(new, server.project.values), server)
            made += [change(new)] if new != text else []
    examples = [
        one for path in repository.env_examples for one in _example(repository, path, server, kind)
    ]
    if not made and not examples:
        raise RefusedError(f"no address of {server} was found that could get the password")
    return [*made, *(examples or shown(repository, [kind.variable], {}))]


def _variables(
    repository: Repository, service: Service
) -> Iterator[tuple[str, str, Callable[[str], Action]]]:
    """Name, text, and how another text is put in its place."""
    node = service.node.get("environment")
    if node is not None and node.is_list:
        for one in node.items:
            name, _, text = one.text.partition("=")
            path, keys = item(repository, service, "environment", one)
            yield name, text, lambda new, p=path, k=keys, n=name: Set(p, k, f"{n}={new}")  # type: ignore[misc]
    for name, one in node.fields.items() if node is not None else ():
        yield name, one.text, lambda new, n=name: put(service, ("environment", n), new)  # type: ignore[misc]


def _example(repository: Repository, path: str, server: Service, kind: Kind) -> list[Action]:
    """An example env file; the variable has to stand above the one that uses it."""
    editor = TextEditor(repository.text(path), path)
    secret = f"${{{kind.variable}}}"
    _sure(path, kind.given(editor.text, server.name, secret), server)
    found = list(kind.found(editor.text, server.name))
    there = {one.name for one in repository.env(path)}
    if found and kind.variable not in there:
        at = editor.line_start(found[0].start())
        editor.insert_lines(at, f"{NOTE}\n{kind.variable}=\n")
    for one in found:
        editor.replace(one.start(), one.end(), kind.part(one, secret))
    return [*editor.edits]


def _sure(who: str, text: str, server: Service) -> None:
    """No address without a password is left, and no mere name of the server.

    Raises:
        RefusedError: when one is.
    """
    if re.search(BARE.format(host=_at(server.name)), text) or re.fullmatch(
        rf"{re.escape(server.name)}(?::\d+)?", text
    ):
        raise RefusedError(f"{who} finds {server}, and where it takes a password from is not known")


def _sure_of_code(repository: Repository, server: Service) -> None:
    bare = BARE.format(host=_at(server.name))
    composed = {path for one in repository.projects for path in one.files}
    others = [one for one in repository.settings if one not in composed]
    texts = {**repository.sources, **{p: repository.text(p) for p in others}}
    for path, text in texts.items():
        if path not in repository.env_examples and re.search(bare, text):
            raise RefusedError(f"{path} connects to {server} without a password")


def _at(host: str) -> str:
    """The host, and no longer name; a user may have the same one."""
    return rf"{re.escape(host)}(?![\w.-])(?!(?::[^\s/@]*)?@)"
