"""The same widgets in a real JupyterLab with a kernel, driven in the same browser.

The user's own settings stay out of it.
"""

import json
import os
import re
import socket
import subprocess
import sys
import time
import urllib.request

import pytest

from servers import stop

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
    """print("kernel has", drawn, figure.value, lab.T, sampler.logits, sampler.T, sampler.top_p)
if sampler.T < 1:
    sampler.logits = [-2.0, 3.0]""",
    """from thermolib.widgets.question import Question
Question("entropy/loaded-die")""",
    """from thermolib.widgets.annealing_lab import AnnealingLab
annealing, tour = AnnealingLab(schedule="linear"), AnnealingLab("tour")
display(annealing, tour)""",
    """print("annealed", annealing.schedule, annealing.temperatures.shape, tour.cities, tour.T)
if tour.cities == "circle":
    annealing.steps = 500""",
]


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@pytest.fixture(scope="module")
def lab_server(tmp_path_factory):
    """Run `jupyter lab` in a folder of its own, without a token; yield its address."""
    folder = tmp_path_factory.mktemp("lab")
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
    notebook = {"cells": cells, "metadata": kernel, "nbformat": 4, "nbformat_minor": 5}
    (folder / "widgets.ipynb").write_text(json.dumps(notebook), encoding="utf8")
    port = free_port()
    own = {
        name: str(folder / ".own" / name)
        for name in ("JUPYTER_CONFIG_DIR", "JUPYTER_DATA_DIR", "JUPYTER_RUNTIME_DIR", "IPYTHONDIR",
                     "JUPYTERLAB_SETTINGS_DIR", "JUPYTERLAB_WORKSPACES_DIR")
    }  # fmt: skip
    command = [
        sys.executable, "-m", "jupyterlab", "--no-browser", "--allow-root", "--ip=127.0.0.1",
        f"--port={port}", "--ServerApp.port_retries=0", "--IdentityProvider.token=",
        f"--ServerApp.root_dir={folder}", "--LabApp.news_url=None",
        "--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate",
    ]  # fmt: skip
    with open(folder / "server.log", "wb") as log:
        server = subprocess.Popen(command, env={**os.environ, **own}, stdout=log, stderr=log, cwd=folder)
    address = f"http://127.0.0.1:{port}"
    try:
        for _ in range(600):
            if server.poll() is not None:
                pytest.fail(
                    "JupyterLab did not start:\n" + (folder / "server.log").read_text(encoding="utf8")
                )
            try:
                urllib.request.urlopen(f"{address}/api/status", timeout=5).close()
                break
            except OSError:
                time.sleep(0.1)
        yield address
    finally:
        stop(server)


def test_the_widgets_live_with_a_kernel(lab_server, page):
    requests = []
    page.on("request", lambda request: requests.append(request.url))
    page.set_default_timeout(60_000)
    page.set_viewport_size({"width": 1200, "height": 2000})
    page.goto(f"{lab_server}/lab/tree/widgets.ipynb?reset")
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
    words.get_by_label("yes", exact=True).press("ArrowRight")
    words.get_by_label("temperature T").press("ArrowLeft")
    words.get_by_label("top-p, the probability kept").press("ArrowLeft")
    page.locator(".jp-Cell").nth(3).locator(".cm-content").click()
    page.keyboard.press("Control+Enter")
    said = "kernel has [2.0, 2.0] 2.0 2.51 [1.05, 0.0] 0.955 0.99"
    page.locator(".jp-OutputArea-output").filter(has_text=said).wait_for()
    words.locator(".thermo-word").filter(has_text="3.00").wait_for()

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
    page.locator(".jp-Cell").nth(6).locator(".cm-content").click()
    page.keyboard.press("Control+Enter")
    said = "annealed [2.0, 1.61, 1.21, 0.838, 0.444, 0.0524] (100,) circle 0.01"
    page.locator(".jp-OutputArea-output").filter(has_text=said).wait_for()
    walkers.locator(".thermo-status").filter(has_text="of 500").wait_for()

    outside = [url for url in requests if not url.startswith((lab_server, "blob:", "data:"))]
    assert outside == []
