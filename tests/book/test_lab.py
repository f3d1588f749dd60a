"""In the JupyterLab of `make lab` a chapter opens as a notebook on a double click, widgets have a kernel."""

import json
import os
import re
import shutil
import subprocess
import time
import urllib.request
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, TimeoutError, expect
from reading import ROOT, chapters, source

from record import Record
from servers import stop

# Each host of the widgets has its cell; the kernel says what reached it.
CELLS = [
    """from thermolib.widgets.explore import explore
limit, drawn = 9, []
def draw(ax, T):
    if T > limit:
        raise ArithmeticError("too hot")
    drawn.append(T)
    ax.plot([0, 1], [0, T])
figure = explore(draw, [1.0, 2.0, 4.0], alt=lambda T: f"a line of slope {T}", start=1.0)
drawn.clear()
limit = 3
figure""",
    """from thermolib.widgets.ising_lab import IsingLab
lab = IsingLab(size=64, T=2.5)
lab""",
    """from thermolib.widgets.sampler_lab import SamplerLab
sampler = SamplerLab(["yes", "no"], [1.0, 0.0])
sampler""",
    """print("kernel has", drawn, figure.value, lab.T, sampler.logits, sampler.T, sampler.top_p)""",
    """from thermolib.widgets.question import Question
Question("entropy/loaded-die")""",
    """from thermolib.widgets.annealing_lab import AnnealingLab
annealing, tour = AnnealingLab(schedule="linear"), AnnealingLab("tour")
display(annealing, tour)""",
    """print("annealed", annealing.schedule, annealing.temperatures.shape, tour.cities, tour.T)""",
    """if tour.cities == "circle":  # not while all cells run
    sampler.logits = [-2.0, 3.0]
    annealing.steps = 500""",
]


def lab_command() -> str:
    """Return what `make lab` would run."""
    command = ["make", "--no-print-directory", "--dry-run", "lab"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, encoding="utf8", check=True)
    return done.stdout.splitlines()[-1].partition("; ")[2]  # before it, make says what it does


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Run it once, with the settings of nobody but the book and these: draw every cell, save nothing."""
    tmp_path = tmp_path_factory.mktemp("lab")
    settings = {"open_browser": False, "allow_root": True, "port": 0, "password": "", "ip": "127.0.0.1"}
    (tmp_path / "config").mkdir()
    (tmp_path / "config" / "jupyter_server_config.json").write_text(
        json.dumps({"ServerApp": settings, "IdentityProvider": {"token": ""}}), encoding="utf8"
    )
    for plugin, setting in {
        "notebook-extension/tracker": {"windowingMode": "none"},
        "docmanager-extension/plugin": {"autosave": False},
    }.items():
        place = tmp_path / "settings" / "@jupyterlab" / f"{plugin}.jupyterlab-settings"
        place.parent.mkdir(parents=True)
        place.write_text(json.dumps(setting), encoding="utf8")
    own = {
        "JUPYTER_CONFIG_DIR": "config",
        "JUPYTER_RUNTIME_DIR": "runtime",
        "JUPYTERLAB_SETTINGS_DIR": "settings",
        "JUPYTERLAB_WORKSPACES_DIR": "workspaces",
    }
    environment = {**os.environ, **{name: str(tmp_path / folder) for name, folder in own.items()}}
    with (tmp_path / "log").open("w", encoding="utf8") as log:
        process = subprocess.Popen(
            ["sh", "-c", f"exec env {lab_command()}"],
            cwd=ROOT,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
        )
        try:
            yield address(tmp_path, process)
        finally:
            stop(process)


def address(folder: Path, process: subprocess.Popen[bytes]) -> str:
    """Wait until the server answers; return its address."""
    while process.poll() is None:
        for info in (folder / "runtime").glob("jpserver-*.json"):
            url = str(json.loads(info.read_text(encoding="utf8") or "{}").get("url", ""))
            with suppress(OSError):  # it writes the address down before it listens
                if url and urllib.request.urlopen(f"{url}api").status == 200:
                    return url
        time.sleep(0.2)
    pytest.fail((folder / "log").read_text(encoding="utf8"))


def test_a_chapter_opens_as_a_notebook_on_a_double_click(lab: str, page: Page, record: Record) -> None:
    name = chapters()[0]
    page.set_default_timeout(120_000)
    page.goto(f"{lab}lab/tree/{Path(name).parent}")
    page.locator(".jp-DirListing-itemText").get_by_text(f"{Path(name).name}.md", exact=True).dblclick()
    notebook = page.locator(".jp-NotebookPanel:visible")
    expect(notebook.locator(".jp-Cell").first).to_be_visible(timeout=120_000)

    # Terms, equations, boxes and folds are drawn, and no formula is refused.
    text = source(name)
    drawn = {
        "details": text.count("```{dropdown}"),
        "aside": text.count("```{admonition}"),
        ".katex-display": len(re.findall(r"^\$\$", text, re.MULTILINE)) // 2,
    }
    for what, count in drawn.items():
        expect(notebook.locator(what)).to_have_count(count, timeout=60_000)
    raw = re.compile(r"\{[a-z:]+\}`|`{3}\{|^\([\w-]{2,}\)=|\$\$|Undefined control sequence", re.MULTILINE)
    assert raw.findall("\n".join(notebook.locator(".jp-MarkdownCell").all_inner_texts())) == []
    assert [url for url in record.requests if not url.startswith((lab, "data:", "blob:"))] == []


@pytest.fixture
def notebook() -> Iterator[str]:
    """Yield a notebook of `CELLS`, as the server calls it: it stands beside what was built."""
    cells = [
        {
            "cell_type": "code",
            "id": f"c{k}",
            "metadata": {},
            "outputs": [],
            "execution_count": None,
            "source": text,
        }
        for k, text in enumerate(CELLS)
    ]
    kernel = {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}
    place = ROOT / "_build" / "lab"
    place.mkdir(exist_ok=True)
    content = {"cells": cells, "metadata": kernel, "nbformat": 4, "nbformat_minor": 5}
    (place / "widgets.ipynb").write_text(json.dumps(content), encoding="utf8")
    yield (place / "widgets.ipynb").relative_to(ROOT).as_posix()
    shutil.rmtree(place)


def run(page: Page, number: int) -> Locator:
    """Run a cell of the notebook again; return where it says something."""
    cell = page.locator(".jp-Cell").nth(number)
    cell.locator(".cm-content").click()
    page.keyboard.press("Control+Enter")
    return cell.locator(".jp-OutputArea-output")


def run_until(page: Page, number: int, said: str) -> None:
    """Run a cell until it says this: while the kernel is busy, a widget holds back what has changed."""
    for _ in range(20):
        with suppress(TimeoutError):
            run(page, number).filter(has_text=said).wait_for(timeout=3000)
            return
    expect(run(page, number)).to_have_text(said)


def test_the_widgets_live_with_a_kernel(lab: str, notebook: str, page: Page, record: Record) -> None:
    page.set_default_timeout(60_000)
    page.set_viewport_size({"width": 1200, "height": 2000})
    page.goto(f"{lab}lab/tree/{notebook}?reset")
    page.get_by_text("Python 3 (ipykernel) | Idle", exact=False).first.wait_for()
    page.get_by_role("menuitem", name="Run", exact=True).click()
    page.get_by_role("menuitem", name="Run All Cells", exact=True).click()

    # explore: the kernel draws; errors stand where the picture was.
    figure = page.locator(".thermo-explore")
    figure.wait_for()
    picture = figure.locator(".thermo-picture")
    before = picture.evaluate("node => node.shadowRoot.innerHTML")
    slider = figure.get_by_label("temperature T")
    slider.press("ArrowRight")
    figure.locator("[aria-label='a line of slope 2.0']").wait_for()
    assert figure.locator("output").inner_text() == "T = 2"
    assert picture.evaluate("node => node.shadowRoot.innerHTML") != before
    slider.press("ArrowRight")
    figure.get_by_text("drawing at T = 4 failed: ArithmeticError: too hot").wait_for()
    slider.press("ArrowLeft")
    page.wait_for_function("document.querySelector('.thermo-error').textContent === ''")
    assert page.locator(".thermo-still").count() == 0  # Lab chose the view, not the page

    # IsingLab: it runs, and tells the kernel where it is.
    lattice = page.get_by_role("group", name="Ising lattice")
    moving = re.compile(r"[1-9][\d,]* sweeps here")
    lattice.locator(".thermo-status").filter(has_text=moving).wait_for()
    lattice.get_by_label("temperature T").press("ArrowRight")
    assert lattice.locator("output").first.inner_text() == "T = 2.51"

    # SamplerLab: kernel and page follow each other.
    words = page.get_by_role("group", name="Next-word sampler")
    words.get_by_label("yes, logit z, Next-word sampler").press("ArrowRight")
    words.get_by_label("temperature T").press("ArrowLeft")
    words.get_by_label("top-p, the probability kept").press("ArrowLeft")
    run_until(page, 3, "kernel has [2.0, 2.0] 2.0 2.51 [1.05, 0.0] 0.955 0.99")

    # Question: what is typed stays out of Lab's shortcuts, and Enter answers.
    question = page.locator(".thermo-question")
    question.get_by_role("textbox").press_sequentially("2.4")
    question.get_by_role("textbox").press("Enter")
    assert question.get_by_role("status").inner_text() == "Not yet: too large by less than 20 %."

    # AnnealingLab: the schedule drawn on the page is the kernel's.
    walkers = page.get_by_role("group", name="Annealing on a landscape")
    walkers.get_by_label("T, last step").press("ArrowRight")
    tour = page.get_by_role("group", name="Annealing a tour")
    tour.get_by_label("cities", exact=True).select_option("circle")
    tour.get_by_role("button", name="Cool at once").click()
    run_until(page, 6, "annealed [2.0, 1.61, 1.21, 0.838, 0.444, 0.0524] (100,) circle 0.01")
    run(page, 7)
    words.locator("output").filter(has_text="3.00").wait_for()
    walkers.locator(".thermo-status").filter(has_text="of 500").wait_for()

    assert [url for url in record.requests if not url.startswith((lab, "blob:", "data:"))] == []
