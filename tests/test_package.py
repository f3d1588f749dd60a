"""What is installed as thermolib: a wheel, built offline, with all its files, its version and its types."""

import doctest
import re
import shutil
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path

import pytest
import thermolib
import yaml

ROOT = Path(__file__).resolve().parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf8"))["project"]


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> zipfile.ZipFile:
    """Build the wheel from a copy: setuptools leaves its own folders where it builds."""
    folder = tmp_path_factory.mktemp("wheel")
    for name in ("pyproject.toml", "README.md", "LICENSE"):
        shutil.copy(ROOT / name, folder)
    shutil.copytree(ROOT / "thermolib", folder / "thermolib")
    (folder / "tests").mkdir()  # a neighbour that is none of the packages
    (folder / "tests" / "__init__.py").touch()
    options = ["--no-build-isolation", "--no-deps", "--no-index", "--disable-pip-version-check"]
    command = [sys.executable, "-m", "pip", "wheel", "--quiet", *options, "--wheel-dir", "out", "."]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    (built,) = (folder / "out").glob("*.whl")
    return zipfile.ZipFile(built)


def test_the_wheel_holds_the_whole_package_and_nothing_else(wheel: zipfile.ZipFile) -> None:
    files = {
        path
        for path in (ROOT / "thermolib").rglob("*")
        if path.is_file()
        and path.suffix not in (".pyc", ".nbi", ".nbc", ".ts")  # .d.ts: for the type checker
    }
    ours = {path.relative_to(ROOT).as_posix() for path in files}
    assert {"thermolib/py.typed", "thermolib/temperature.mplstyle", "thermolib/widgets/kit/host.js"} <= ours
    assert {name for name in wheel.namelist() if ".dist-info/" not in name} == ours


def test_a_type_checker_reads_our_types(wheel: zipfile.ZipFile, tmp_path: Path) -> None:
    """In an environment of its own: beside the sources it would read them without asking for `py.typed`."""
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", tmp_path / "venv"], check=True)
    python = next(path for path in tmp_path.glob("venv/*/python*") if path.stem == "python")
    where = "import sysconfig; print(sysconfig.get_path('purelib'))"
    place = subprocess.run([python, "-c", where], capture_output=True, text=True, check=True).stdout.strip()
    wheel.extractall(place)
    client = tmp_path / "client.py"
    client.write_text(
        "from thermolib._results import Estimate\nreveal_type(Estimate(1.0, 0.1).stderr)\n", "utf8"
    )
    command = [sys.executable, "-m", "mypy", "--no-incremental", "--python-executable", python, client.name]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True)
    assert 'Revealed type is "float"' in done.stdout and done.returncode == 0, done.stdout + done.stderr


def test_one_version(wheel: zipfile.ZipFile) -> None:
    """It stands in thermolib/__init__.py; the citation and the changelog say the same."""
    version = thermolib.__version__
    assert any(name == f"thermolib-{version}.dist-info/METADATA" for name in wheel.namelist())
    assert f"\nversion: {version}\n" in (ROOT / "CITATION.cff").read_text(encoding="utf8")
    released = re.findall(
        r"^## \[(\d+\.\d+\.\d+)\]", (ROOT / "CHANGELOG.md").read_text(encoding="utf8"), re.M
    )
    assert not released or released[0] == version, "the newest release of the changelog"


def test_addresses_are_those_of_the_book() -> None:
    """The package names the book's two addresses as soon as the book has them; until then it names none."""
    config = yaml.safe_load((ROOT / "_config.yml").read_text(encoding="utf8"))
    site, repository = config["html"]["baseurl"], config["repository"]["url"]
    expected = {"Documentation": site} if site else {}
    expected |= {"Source": repository, "Issues": f"{repository.rstrip('/')}/issues"} if repository else {}
    assert PROJECT.get("urls", {}) == expected


def test_the_example_of_the_readme_gives_what_it_says() -> None:
    (example,) = re.findall(r"```pycon\n(.*?)```", (ROOT / "README.md").read_text(encoding="utf8"), re.DOTALL)
    asked = doctest.DocTestParser().get_doctest(example, {}, "README", None, None)
    assert doctest.DocTestRunner().run(asked) == (0, 4)
