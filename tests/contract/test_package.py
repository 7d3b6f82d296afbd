"""The built package works where nothing of this checkout is: with its templates."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
UV = str(Path(sys.executable).with_name("uv"))
RENDER = """
from hitless.config.load import parse
from hitless.domain.slot import Slot
from hitless.stack.edge import render
from hitless.stack.layout import Layout
text = open("hitless.yaml").read()
settings = parse(text)
print(render(Layout("shop", "10.150.7.0/24"), dict.fromkeys(Slot, settings), 8080, "k"))
"""
CONFIG = """\
service: shop
proxy: {service: nginx, routes: [{path: /, service: api}]}
web: {api: {port: 8000, ready: /ready}}
"""


def run(*command: str | Path, cwd: Path, **environment: str) -> str:
    env = {k: v for k, v in os.environ.items() if not k.startswith(("PYTHON", "VIRTUAL", "COV"))}
    done = subprocess.run(
        command, cwd=cwd, env=env | environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("wheel")
    run(UV, "build", "--quiet", "--wheel", "--no-build-isolation", "--python", sys.executable,
        "--out-dir", out, ROOT, cwd=out)  # fmt: skip
    return next(out.glob("hitless-*.whl"))


def test_the_wheel_holds_every_data_file_and_no_test(wheel: Path) -> None:
    names = set(zipfile.ZipFile(wheel).namelist())
    data = {p for p in (ROOT / "src").rglob("*") if p.is_file() and p.suffix not in {".py", ".pyc"}}
    wanted = {str(p.relative_to(ROOT / "src")) for p in data if "egg-info" not in str(p)}
    assert "hitless/stack/templates/nginx.conf.j2" in wanted
    assert wanted <= names
    assert not [name for name in names if not name.startswith("hitless")]


def test_the_wheel_works_in_an_empty_environment(wheel: Path, tmp_path: Path) -> None:
    run(sys.executable, "-m", "venv", tmp_path / "venv", cwd=tmp_path)
    scripts = tmp_path / "venv" / "bin"
    pip = (scripts / "pip", "install", "--quiet", "--disable-pip-version-check", "--no-deps")
    run(*pip, "--require-hashes", "-r", ROOT / "requirements" / "run.txt", cwd=tmp_path)
    run(*pip, wheel, cwd=tmp_path)
    (tmp_path / "hitless.yaml").write_text(CONFIG)
    (tmp_path / "compose.yml").write_text("services: {}\n")
    assert "Put a release into service" in run(scripts / "hitless", "--help", cwd=tmp_path)
    assert "keep_hot: true" in run(scripts / "hitless", "config", "show", cwd=tmp_path)
    place = run(scripts / "python", "-c", "import hitless; print(hitless.__file__)", cwd=tmp_path)
    assert place.startswith(str(tmp_path))
    config = run(scripts / "python", "-c", RENDER, cwd=tmp_path)
    assert "upstream api_green_spill {" in config


def test_the_wheel_is_installed_as_a_tool(wheel: Path, tmp_path: Path) -> None:
    places = {"UV_TOOL_DIR": str(tmp_path / "tools"), "UV_TOOL_BIN_DIR": str(tmp_path / "bin")}
    constraints = ROOT / "requirements" / "run.txt"
    plain = tmp_path / "constraints.txt"
    pinned = [ln.split(" ")[0] for ln in constraints.read_text().splitlines() if "==" in ln]
    plain.write_text("\n".join(pinned))
    run(UV, "tool", "install", "--quiet", "--python", sys.executable,
        "--constraints", plain, wheel, cwd=tmp_path, **places)  # fmt: skip
    assert run(tmp_path / "bin" / "hitless", "--version", cwd=tmp_path).startswith("hitless ")
    shutil.rmtree(tmp_path / "tools")
