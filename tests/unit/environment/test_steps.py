from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

import pytest

from environment import apt, images, steps
from environment.facts import TOOLS, Engine, Host, Rights, Venv
from environment.images import Images, Presence
from environment.leftovers import Leftovers
from environment.problem import Problem

BARE = Host(
    debian=12,
    rights=Rights.ROOT,
    systemd=False,
    archive="http://mirror.example/debian",
    engine=Engine.ABSENT,
    engine_version="",
    compose="",
    buildx="",
    debian_engine=False,
    remote_engine="",
    tools=frozenset(),
    ensurepip=True,
    free_bytes=50 * steps.GIB,
)
READY = replace(
    BARE,
    engine=Engine.RUNNING,
    engine_version="26.1.5",
    compose="2.26.1",
    buildx="0.13.1",
    debian_engine=True,
    tools=frozenset(TOOLS),
)
NOTHING_LEFT = Leftovers((), (), (), (), (), (), engine_pid=0, engine_answers=True)


def lines(plan: Iterable[steps.Step]) -> list[str]:
    return [str(command) for step in plan for command in step.commands]


def inputs(command_lines: Iterable[steps.Step]) -> dict[str, str]:
    return {c.argv[-1]: c.stdin for step in command_lines for c in step.commands if c.stdin}


def some_images(presence: Presence, *, debian: bool = False) -> Images:
    return Images(dict.fromkeys(images.TARGETS, presence), debian=debian)


def image_steps(
    seen: Images, host: Host = READY, *, registry: bool = False
) -> tuple[steps.Step, ...]:
    return steps.base_images(
        seen,
        host,
        registry=registry,
        work=Path("/cache"),
        recipe="abc",
        build={"BUILD_CA": "/ca.crt"},
    )


def engine_steps(host: Host) -> tuple[steps.Step, ...]:
    return steps.engine(host, mark=Path("/cache/pid"), log=Path("/cache/log"))


def venv_steps(seen: Venv) -> tuple[steps.Step, ...]:
    return steps.venv(
        seen, folder=Path("/c/.venv"), root=Path("/c"), mark=Path("/c/.venv/mark"), python="python3"
    )


# packages


def test_a_bare_debian_12_gets_the_engine_from_the_newer_debian_and_nothing_else_does() -> None:
    plan = steps.packages(BARE)
    texts = inputs(plan)
    assert texts[apt.SOURCE_FILE] == apt.source_text("http://mirror.example/debian")
    assert texts[apt.PREFERENCES_FILE] == apt.preferences_text()
    assert lines(plan)[2] == "apt-get update"
    for package in (*apt.ENGINE_PACKAGES, "iptables", "chromium", "mmdebstrap", "wrk"):
        assert package in lines(plan)[3].split()


def test_a_bare_debian_13_needs_no_pin() -> None:
    plan = steps.packages(replace(BARE, debian=13))
    assert inputs(plan) == {}
    assert "docker.io" in lines(plan)[-1]


def test_tools_alone_need_no_pin_either() -> None:
    plan = steps.packages(replace(READY, tools=frozenset({"chromium", "mmdebstrap"})))
    assert inputs(plan) == {}
    assert lines(plan)[-1].split()[-1] == "wrk"


def test_a_ready_machine_installs_nothing() -> None:
    assert steps.packages(READY) == ()


def test_a_client_without_plugins_and_engine_counts_as_no_engine() -> None:
    assert "docker-compose" in lines(steps.packages(replace(BARE, tools=frozenset(TOOLS))))[-1]


def test_debian_12s_own_old_engine_is_renewed() -> None:
    old = replace(READY, engine=Engine.STOPPED, compose="", buildx="")
    assert "docker-compose" in lines(steps.packages(old))[-1]


def test_an_engine_that_is_only_stopped_needs_no_packages() -> None:
    assert steps.packages(replace(READY, engine=Engine.STOPPED)) == ()


def test_somebody_elses_engine_is_never_replaced() -> None:
    foreign = replace(READY, debian_engine=False, compose="")
    with pytest.raises(Problem, match="compose or buildx plugin is lacking"):
        steps.packages(foreign)


def test_another_system_is_told_what_to_install() -> None:
    with pytest.raises(Problem, match="a container engine is lacking") as caught:
        steps.packages(replace(BARE, debian=0))
    assert "install Docker Engine" in caught.value.hint


def test_another_system_with_an_engine_goes_on_without_the_tests_tools() -> None:
    assert steps.packages(replace(READY, debian=0, tools=frozenset())) == ()


def test_a_user_without_roots_rights_goes_on_without_the_tests_tools() -> None:
    assert steps.packages(replace(READY, rights=Rights.NONE, tools=frozenset())) == ()


def test_python_without_ensurepip_gets_debians_package() -> None:
    assert steps.venv_packages(BARE) == ()
    plan = steps.venv_packages(replace(BARE, ensurepip=False))
    assert lines(plan)[-1].endswith("python3-venv")
    assert inputs(plan) == {}


def test_python_without_ensurepip_elsewhere_is_a_clear_message() -> None:
    with pytest.raises(Problem, match="ensurepip is lacking"):
        steps.venv_packages(replace(BARE, debian=0, ensurepip=False))


# rights and room


def test_a_missing_right_is_said_before_anything_is_changed() -> None:
    host = replace(BARE, rights=Rights.NONE)
    with pytest.raises(Problem, match=r"root's rights are needed to install docker\.io"):
        steps.check(steps.packages(host), host)


def test_steps_that_need_no_rights_go_without() -> None:
    host = replace(READY, rights=Rights.NONE)
    steps.check(image_steps(some_images(Presence.ABSENT), registry=True), host)


def test_a_nearly_full_disk_is_said_before_anything_is_changed() -> None:
    host = replace(BARE, free_bytes=steps.GIB // 2)
    with pytest.raises(Problem, match=r"nearly full: 0\.5 GiB are free, 1\.0 GiB are needed"):
        steps.check(steps.packages(host), host)


def test_a_full_disk_does_not_matter_when_nothing_is_to_do() -> None:
    steps.check((), replace(READY, free_bytes=0))


# engine


def test_a_running_engine_is_left_alone() -> None:
    assert engine_steps(READY) == ()


def test_without_an_init_system_the_engine_runs_in_a_session_of_its_own() -> None:
    plan = engine_steps(replace(READY, engine=Engine.STOPPED))
    assert lines(plan)[0].startswith("setsid --fork sh -c")
    assert lines(plan)[0].endswith("/cache/pid /cache/log")
    assert plan[0].commands[1].argv == ("docker", "info")
    assert plan[0].commands[1].within > 0


def test_systemd_starts_its_own_service() -> None:
    plan = engine_steps(replace(READY, engine=Engine.STOPPED, systemd=True))
    assert lines(plan)[0] == "systemctl start docker.service"


def test_a_user_outside_the_group_is_told_the_command() -> None:
    assert steps.packages(replace(READY, engine=Engine.DENIED, compose="")) == ()
    with pytest.raises(Problem, match="you may not talk to it") as caught:
        engine_steps(replace(READY, engine=Engine.DENIED))
    assert "usermod" in caught.value.hint


def test_a_named_remote_engine_is_not_replaced_by_a_local_one() -> None:
    with pytest.raises(Problem, match="DOCKER_HOST=tcp://far:2375 does not answer"):
        engine_steps(replace(READY, engine=Engine.STOPPED, remote_engine="tcp://far:2375"))


def test_a_stale_client_before_the_good_one_is_named() -> None:
    with pytest.raises(Problem, match="first on PATH"):
        steps.require_engine(replace(READY, compose=""))


def test_an_engine_that_does_not_come_up_is_a_problem() -> None:
    with pytest.raises(Problem, match="does not answer"):
        steps.require_engine(replace(READY, engine=Engine.STOPPED))
    steps.require_engine(READY)


# base images


def test_images_that_are_there_are_neither_pulled_nor_built() -> None:
    assert image_steps(some_images(Presence.REAL)) == ()
    assert image_steps(some_images(Presence.STANDIN)) == ()


def test_a_registry_that_answers_gives_the_originals() -> None:
    plan = image_steps(some_images(Presence.ABSENT), registry=True)
    assert lines(plan) == [f"docker pull {name}" for name in images.TARGETS]


def test_without_a_registry_stand_ins_are_built_on_one_debian() -> None:
    plan = image_steps(some_images(Presence.ABSENT))
    assert lines(plan)[0].startswith("mmdebstrap ")
    assert lines(plan)[0].endswith(" trixie /cache/standin-debian.tar http://mirror.example/debian")
    built = [line for line in lines(plan) if line.startswith("docker buildx build")]
    assert len(built) == len(images.TARGETS)
    assert all("--secret id=ca,src=/ca.crt" in line for line in built)
    assert all(f"--label {images.RECIPE_LABEL}=abc" in line for line in built)


def test_a_debian_base_that_is_there_is_used() -> None:
    plan = image_steps(some_images(Presence.OUTDATED, debian=True))
    assert not any("mmdebstrap" in line for line in lines(plan))


def test_only_what_is_lacking_is_built() -> None:
    present = dict.fromkeys(images.TARGETS, Presence.REAL) | {"nats:2.10-alpine": Presence.ABSENT}
    plan = image_steps(Images(present, debian=True))
    assert [step.name for step in plan] == ["build a stand-in for nats:2.10-alpine"]


def test_no_registry_and_no_debian_is_a_clear_message() -> None:
    with pytest.raises(Problem, match="no container registry answers"):
        image_steps(some_images(Presence.ABSENT), replace(READY, archive=None))


# .venv


def test_a_venv_made_from_todays_inputs_is_left_alone() -> None:
    assert venv_steps(Venv(exists=True, same_python=True, current=True, inputs="x")) == ()


def test_the_venv_is_made_from_hashes_and_marked_last() -> None:
    plan = venv_steps(Venv(exists=False, same_python=False, current=False, inputs="x"))
    assert lines(plan)[0] == "python3 -m venv /c/.venv"
    assert "--no-deps --require-hashes" in lines(plan)[1]  # or pip looks for newer releases
    assert lines(plan)[2].endswith("--no-deps --no-build-isolation --editable /c")
    assert plan[0].commands[-1].argv == ("tee", "/c/.venv/mark")
    assert plan[0].commands[-1].stdin == "x"


def test_another_python_makes_the_venv_anew() -> None:
    plan = venv_steps(Venv(exists=True, same_python=False, current=False, inputs="x"))
    assert lines(plan)[0] == "python3 -m venv --clear /c/.venv"


# clean


def test_clean_removes_nothing_when_nothing_is_ours() -> None:
    assert steps.clean(NOTHING_LEFT) == ()


def test_clean_removes_containers_before_what_they_use_and_the_engine_last() -> None:
    seen = Leftovers(
        containers=("c1",),
        networks=("n1",),
        volumes=("v1",),
        images=("i:1",),
        files=(apt.SOURCE_FILE,),
        folders=("/c/.venv",),
        engine_pid=77,
        engine_answers=True,
    )
    plan = lines(steps.clean(seen))
    assert plan == [
        "docker container rm --force --volumes c1",
        "docker network rm n1",
        "docker volume rm v1",
        "docker image rm --force i:1",
        "kill 77",
        "sh -c '! kill -0 77'",
        f"rm --recursive --force {apt.SOURCE_FILE}",
        "rm --recursive --force /c/.venv",
    ]


def test_an_engine_that_others_started_goes_on() -> None:
    plan = steps.clean(replace(NOTHING_LEFT, images=("i:1",)))
    assert not any("kill" in line for line in lines(plan))


def test_no_ssh_server_is_installed_where_it_would_be_started_at_once() -> None:
    lacking = replace(READY, tools=frozenset(TOOLS) - {"sshd"})
    assert "openssh-server" in lines(steps.packages(replace(lacking, systemd=False)))[-1]
    assert steps.packages(replace(lacking, systemd=True)) == ()
