"""Binder's image: what repo2docker will read is there, and it opens chapters as `make lab` does."""

import os
import subprocess
import tomllib
from pathlib import Path

from reading import ROOT

BINDER = ROOT / ".binder"


def test_it_installs_the_lock_and_the_library_with_the_cpu_build_of_torch() -> None:
    lines = (BINDER / "requirements.txt").read_text(encoding="utf8").splitlines()
    options = dict(line.split() for line in lines if not line.startswith("#"))
    assert options["--extra-index-url"] == "https://download.pytorch.org/whl/cpu"
    assert (BINDER / options["-r"]).resolve() == ROOT / "requirements.txt", "counted from the file"
    assert (ROOT / options["-e"] / "pyproject.toml").is_file(), "counted from the repository"
    lock = (ROOT / "requirements.txt").read_text(encoding="utf8")
    assert "\ntorch==" in lock and "\nnvidia" not in lock


def test_its_python_is_one_that_the_library_takes() -> None:
    version = (BINDER / "runtime.txt").read_text(encoding="utf8").strip().removeprefix("python-")
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf8"))["project"]
    least = project["requires-python"].removeprefix(">=")
    assert tuple(map(int, version.split("."))) >= tuple(map(int, least.split(".")))


def test_it_starts_with_the_settings_of_make_lab() -> None:
    command = [str(BINDER / "start"), "printenv", "JUPYTER_CONFIG_PATH"]
    done = subprocess.run(
        command, env={**os.environ, "REPO_DIR": str(ROOT)}, capture_output=True, encoding="utf8", check=True
    )
    settings = Path(done.stdout.strip())
    assert (settings / "labconfig" / "default_setting_overrides.json").is_file()
    assert f'JUPYTER_CONFIG_PATH="$(CURDIR)/{settings.relative_to(ROOT)}"' in (ROOT / "Makefile").read_text(
        "utf8"
    )
