"""YAML is changed by what is meant, and not a byte of it by anything else."""

from __future__ import annotations

from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from hitless.fix.edit import Edit, RefusedError, spliced
from hitless.fix.yaml_edit import Append, Change, Remove, Rename, Set, changed
from hitless.fix.yaml_text import Noted

PATH = "compose.yml"
COMPOSE = """\
# kept
services:
  api:   # two spaces
    image: 'example/api:1.0'
    ports: ["80:80", '81:81']  # both
    environment:
    - A=1
    - B=2   # last
    deploy: {resources: {limits: {cpus: "1"}}}
    command: |
      first
      # second

  db:
    image: "postgres:17"
    restart:
volumes:
  data:
"""


CPUS = ("services", "api", "deploy", "resources", "limits", "cpus")


def edited(change: Change, text: str = COMPOSE) -> str:
    made = changed(text, change)
    assert text.splitlines()[0] == made.splitlines()[0]
    return made


def difference(change: Change, text: str = COMPOSE) -> tuple[list[str], list[str]]:
    """The lines that went, and those that came."""
    before, after = text.splitlines(), edited(change, text).splitlines()
    return [o for o in before if o not in after], [o for o in after if o not in before]


def test_a_new_key_stands_below_the_last_one_of_its_mapping() -> None:
    gone, came = difference(Set(PATH, ("services", "api", "restart"), "always"))
    assert (gone, came) == ([], ["    restart: always"])
    text = edited(Set(PATH, ("services", "api", "restart"), "always"))
    assert "      # second\n    restart: always\n\n  db:" in text


def test_a_value_changes_and_its_comment_stays() -> None:
    gone, came = difference(Set(PATH, ("services", "api", "ports", 1), "127.0.0.1:81:81"))
    assert gone == ["""    ports: ["80:80", '81:81']  # both"""]
    assert came == ["""    ports: ["80:80", '127.0.0.1:81:81']  # both"""]


def test_mappings_on_the_way_are_made_in_the_style_that_is_there() -> None:
    _, came = difference(
        Set(PATH, ("services", "api", "deploy", "resources", "limits", "memory"), "1G")
    )
    assert came == ['    deploy: {resources: {limits: {cpus: "1", memory: 1G}}}']
    limits = {"memory": Noted("1G", "a guess")}
    _, came = difference(Set(PATH, ("services", "db", "deploy", "resources", "limits"), limits))
    assert came == [
        "    deploy:",
        "      resources:",
        "        limits:",
        "          memory: 1G  # a guess",
    ]


def test_plain_text_stays_plain_where_it_can() -> None:
    text = "# top\ncommand: run --fast  # why\n"
    for value, written in (("run -v 1", "run -v 1"), ("a: b", '"a: b"'), ("x #y", '"x #y"')):
        made = edited(Set(PATH, ("command",), value), text)
        assert made == f"# top\ncommand: {written}  # why\n"


def test_an_empty_value_is_filled() -> None:
    assert difference(Set(PATH, ("services", "db", "restart"), "no"))[1] == ['    restart: "no"']
    _, came = difference(Set(PATH, ("volumes", "data", "driver"), "local"))
    assert came == ["    driver: local"]


def test_a_list_gets_one_more_item_in_its_own_indentation() -> None:
    text = edited(Append(PATH, ("services", "api", "environment"), "C=3"))
    assert '    - B=2   # last\n    - "C=3"\n    deploy' in text
    assert "'81:81', '82:82']  # both" in edited(
        Append(PATH, ("services", "api", "ports"), "82:82")
    )
    made = edited(Append(PATH, ("services", "db", "ports"), "82:82"))
    assert '    restart:\n    ports:\n    - "82:82"\nvolumes' in made


@pytest.mark.parametrize(
    ("keys", "gone"),
    [
        (("services", "api", "image"), "    image: 'example/api:1.0'\n"),
        (("services", "api", "environment", 0), "    - A=1\n"),
        (("services", "api", "command"), "    command: |\n      first\n      # second\n"),
        (("services", "api", "ports", 0), '"80:80", '),
        (("services", "api", "ports", 1), ", '81:81'"),
        (("services", "db", "restart"), "    restart:\n"),
        (("volumes",), "volumes:\n  data:\n"),
        (("volumes", "data"), "volumes:\n  data:\n"),
        (CPUS, '    deploy: {resources: {limits: {cpus: "1"}}}\n'),
    ],
)  # fmt: skip
def test_what_is_removed_goes_alone(keys: tuple[str | int, ...], gone: str) -> None:
    assert COMPOSE.count(gone) == 1
    assert edited(Remove(PATH, keys)) == COMPOSE.replace(gone, "")


def test_a_key_gets_another_name() -> None:
    assert difference(Rename(PATH, ("services", "db"), "store")) == (["  db:"], ["  store:"])
    with pytest.raises(RefusedError, match="cannot be called api"):
        changed(COMPOSE, Rename(PATH, ("services", "db"), "api"))


SHARED = """\
x-log: &log
  driver: json-file
services:
  api: &api
    image: a
    logging: *log
    user: &user "1000"
  worker:
    <<: *api
    user: *user
"""


def test_what_an_alias_stands_for_changes_at_its_anchor_for_all_who_use_it() -> None:
    gone, came = difference(
        Set(PATH, ("services", "worker", "logging", "options"), {"a": "b"}), SHARED
    )
    assert (gone, came) == ([], ["  options:", "    a: b"])
    assert "x-log: &log\n  driver: json-file\n  options:\n    a: b\n" in edited(
        Set(PATH, ("services", "api", "logging", "options"), {"a": "b"}), SHARED
    )


def test_a_merged_value_is_overridden_where_it_is_merged() -> None:
    _, came = difference(Set(PATH, ("services", "worker", "image"), "b"), SHARED)
    assert came == ["    image: b"]
    assert edited(Set(PATH, ("services", "worker", "user"), "2"), SHARED).endswith('user: "2"\n')


def test_a_value_that_other_places_use_is_not_replaced() -> None:
    with pytest.raises(RefusedError, match="other places"):
        changed(SHARED, Set(PATH, ("services", "api", "user"), "2"))
    with pytest.raises(RefusedError):
        changed(SHARED, Remove(PATH, ("x-log",)))


@pytest.mark.parametrize(
    ("text", "change"),
    [
        ("a: [", Set(PATH, ("a",), "b")),
        ("- a\n", Set(PATH, ("a",), "b")),
        ("", Set(PATH, ("a",), "b")),
        ("a: text\n", Set(PATH, ("a", "b"), "c")),
        ("a: text\n", Append(PATH, ("a",), "c")),
        ("a: text\n", Remove(PATH, ("b",))),
        ("a: [1]\n", Set(PATH, ("a", 3), "c")),
        ("a: [1]\n", Set(PATH, ("a", "b"), "c")),
        ("? a\n: {}\n", Remove(PATH, ("a",))),
        ("- a: 1\n  b: 2\n", Remove(PATH, (0, "a"))),
        ("a: 1\na: 2\n", Remove(PATH, ("a",))),
    ],
)
def test_what_cannot_be_changed_in_place_is_refused(text: str, change: Change) -> None:
    with pytest.raises(RefusedError):
        changed(text, change)


def test_line_ends_marks_and_a_missing_last_line_break_stay() -> None:
    change = Set(PATH, ("a", "c"), ["d"])
    assert changed("a:\r\n  b: 1\r\n", change) == "a:\r\n  b: 1\r\n  c:\r\n    - d\r\n"
    assert changed("a:\n  b: 1", change) == "a:\n  b: 1\n  c:\n    - d"
    assert changed("\ufeffa:\n  b: 1\n", change) == "\ufeffa:\n  b: 1\n  c:\n    - d\n"
    assert changed("a:\r\n  b: 1\r\n  c: 2", Remove(PATH, ("a", "c"))) == "a:\r\n  b: 1"
    assert changed("a: {b: é}\n---\nx: 1\n", change) == "a: {b: é, c: [d]}\n---\nx: 1\n"


def test_edits_that_overlap_are_refused() -> None:
    with pytest.raises(RefusedError, match="overlap"):
        spliced("abc", [Edit(PATH, 0, 2, "x"), Edit(PATH, 1, 3, "y")])
    with pytest.raises(RefusedError):
        spliced("abc", [Edit(PATH, 2, 4, "x")])
    assert (
        spliced("abc", [Edit(PATH, 1, 1, "x"), Edit(PATH, 1, 1, "y"), Edit(PATH, 2, 3, "")])
        == "axyb"
    )


# --- any file at all ------------------------------------------------------------------------

WORDS = st.sampled_from(["api", "db", "image", "key-1", "deep", "no", "on", "8080", "ünï"])
SCALARS = st.one_of(
    WORDS,
    st.integers(-5, 99999),
    st.booleans(),
    st.sampled_from(
        ["80:80", "${A:-b}", "a # b", "it's", '"', "- x", "", "two\nlines", "*a", "1.5"]
    ),
)
TREES = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(WORDS, inner, max_size=4),
    max_leaves=12,
)
ROOTS = st.dictionaries(WORDS, TREES, min_size=1, max_size=4)


@st.composite
def files(draw: st.DrawFn) -> str:
    """A YAML file in one of the many ways in which people write them."""
    root = draw(ROOTS)
    if draw(st.booleans()):  # the same object twice becomes an anchor and an alias
        root = {**root, "shared": next(iter(root.values()))}
    text = yaml.dump(
        root,
        Dumper=yaml.CSafeDumper,
        default_flow_style=draw(st.sampled_from([None, False, True])),
        default_style=draw(st.sampled_from([None, None, '"', "'"])),
        indent=draw(st.sampled_from([2, 4])),
        width=draw(st.sampled_from([20, 80, 1000])),
        sort_keys=False,
        allow_unicode=True,
    )
    lines = text.splitlines()
    for i, line in enumerate(lines):
        if _may_comment(text, line) and draw(st.booleans()):
            lines[i] = f"{line}  # {i}"
    text = draw(st.sampled_from(["", "# top\n\n", "---\n"])) + "\n".join(lines)
    text += draw(st.sampled_from(["\n", "", "\n\n# end\n"]))
    return text.replace("\n", draw(st.sampled_from(["\n", "\r\n"])))


def _may_comment(text: str, line: str) -> bool:
    with_comment = text.replace(f"{line}\n", f"{line}  # c\n", 1)
    try:
        return bool(line.strip()) and parsed(with_comment) == parsed(text)
    except yaml.YAMLError:
        return False


def places(value: Any, keys: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Every path in it."""
    found = [keys] if keys else []
    below = (
        value.items()
        if isinstance(value, dict)
        else enumerate(value)
        if isinstance(value, list)
        else ()
    )
    return found + [place for key, one in below for place in places(one, (*keys, key))]


def holder_of(data: Any, keys: tuple[Any, ...]) -> Any:
    for key in keys[:-1]:
        data = data[key]
    return data


def parsed(text: str) -> Any:
    """The data with its shared objects, keys as written."""
    return yaml.load(text, Loader=yaml.CSafeLoader)  # it is the safe one


VALUES = st.sampled_from(
    ["plain", "12", 12, True, "a: b", {"x": "y", "z": ["1", 2]}, ["p", "q"], ("p", "q"), None]
)


def written(value: Any) -> Any:
    return list(value) if isinstance(value, tuple) else value


@settings(max_examples=100, deadline=None)
@given(files(), st.data())
def test_whatever_is_set_is_the_only_thing_that_changes(text: str, data: st.DataObject) -> None:
    wanted = parsed(text)
    keys = data.draw(st.sampled_from(places(wanted)))
    value: Any = data.draw(VALUES)
    is_new = isinstance(holder_of(wanted, keys), dict) and data.draw(st.booleans())
    keys = (*keys[:-1], "brand-new") if is_new else keys
    holder_of(wanted, keys)[keys[-1]] = written(value)
    made = result(text, Set(PATH, keys, value), wanted)
    assert made is None or not is_new or without_a_stretch(made, text)


@settings(max_examples=100, deadline=None)
@given(files(), st.data())
def test_whatever_is_removed_is_the_only_thing_that_goes(text: str, data: st.DataObject) -> None:
    wanted = parsed(text)
    keys = data.draw(st.sampled_from(places(wanted)))
    change = Remove(PATH, keys)
    while len(keys) > 1 and len(holder_of(wanted, keys)) == 1:
        keys = keys[:-1]
    del holder_of(wanted, keys)[keys[-1]]
    made = result(text, change, wanted)
    assert made is None or without_a_stretch(text, made)


@settings(max_examples=100, deadline=None)
@given(files(), VALUES, st.data())
def test_whatever_is_appended_is_the_only_thing_that_comes(
    text: str, value: Any, data: st.DataObject
) -> None:
    wanted = parsed(text)
    lists = [one for one in places(wanted) if isinstance(holder_of(wanted, (*one, 0)), list)]
    if lists:
        keys = data.draw(st.sampled_from(lists))
        is_empty = not holder_of(wanted, (*keys, 0))
        holder_of(wanted, (*keys, 0)).append(written(value))
        made = result(text, Append(PATH, keys, value), wanted)
        assert made is None or is_empty or without_a_stretch(made, text)


def result(text: str, change: Change, wanted: Any) -> str | None:
    """The new text, proved; None when it was refused for a good reason."""
    try:
        made = changed(text, change)
    except RefusedError as error:
        if not wanted or _is_awkward(text, str(error)):
            return None
        raise
    assert parsed(made) == wanted
    assert "\r\n" in text or "\r" not in made
    return made


def _is_awkward(text: str, why: str) -> bool:
    """Only anchors, a key beside its dash and ``? key`` may be left to a person."""
    return "&" in text or "? " in text or "on its line" in why


def without_a_stretch(long: str, short: str) -> bool:
    """``short`` is ``long`` without one stretch of it, byte for byte."""
    start = next(
        (i for i, (a, b) in enumerate(zip(long, short, strict=False)) if a != b), len(short)
    )
    return long.startswith(short[:start]) and long.endswith(short[start:])
