"""Pages that hold a widget and nothing else, as a browser opens them from disk."""

import json
import time
from pathlib import Path

HEAD = """<!doctype html><html lang="en" data-theme="THEME"><head><meta charset="utf-8">
<title>A widget</title>
<meta name="viewport" content="width=device-width"><style>
body { margin: 16px; font-family: sans-serif; }
html[data-theme="dark"] body { background: #14181e; color: #ced6dd; }
</style></head><body><main><h1>A widget</h1>"""


def write(folder: Path, *widgets: str, theme: str = "light") -> str:
    """Write the widgets' HTML to a page; return its address."""
    path = folder / "page.html"
    path.write_text(
        HEAD.replace("THEME", theme) + "".join(widgets) + "</main></body></html>", encoding="utf8"
    )
    return path.as_uri()


def visit(page, folder: Path, *widgets: str, theme: str = "light"):
    """Open a page of widgets and wait until all of them live, and are where they will be.

    A picture is as tall as its width asks for, which the page measures when it lays out its next frame: what
    stands in it or below it has its place only then.
    """
    page.goto(write(folder, *widgets, theme=theme))
    for place in page.locator(".thermo-widget:has(> script)").all():
        place.and_(page.locator("[data-ready=yes]")).wait_for()
    page.evaluate(MEASURED)
    return page


def two_frames(page) -> None:
    """Wait until what the page is about to draw has been drawn."""
    page.evaluate("new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")


def press(page, name: str, times: int = 1) -> None:
    """Click the button of this name, as often as is said."""
    for _ in range(times):
        page.get_by_role("button", name=name, exact=True).click()


def texts(rows, cells: str = "td") -> list[list[str]]:
    """Return what stands in the cells of a table's rows, which the locator `rows` finds: asked at once."""
    return rows.evaluate_all(
        "(rows, cells) => rows.map(row => [...row.querySelectorAll(cells)].map(cell => cell.innerText))",
        cells,
    )


def ask(page, script: str, argument=None):
    """Return what the page's function makes of the argument: `page.evaluate`, but both travel as JSON.

    Of thousands of numbers the page would write, and Playwright read, a record each. What JSON cannot
    write, NaN and the infinities, comes in a record of its own.
    """
    answer = page.evaluate(
        f"""async (text) => JSON.stringify(await ({script})(JSON.parse(text)), (_, x) =>
            typeof x === "number" && !Number.isFinite(x) ? {{ number: String(x) }} : x)""",
        json.dumps(argument),
    )
    return json.loads(
        answer, object_hook=lambda one: float(one["number"]) if one.keys() == {"number"} else one
    )


def swipe(page, x, y, *, dx=0, dy=0):
    """Move one finger in ten steps, and lift it; wait until the page has heard of it and shown what follows.

    By its timestamps the finger rested before it was lifted: the page does not roll on.
    """
    session, begin = page.context.new_cdp_session(page), time.time() - 0.5
    page.evaluate(
        "() => { globalThis.lifted = new Promise(done => addEventListener('touchend', done, true)); }"
    )
    for k in range(12):
        kind = "touchStart" if k == 0 else "touchMove" if k <= 10 else "touchEnd"
        points = [{"x": x + k * dx / 10, "y": y + k * dy / 10}] if k <= 10 else []
        seconds = begin + (0.01 * k if k <= 10 else 0.4)
        session.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points, "timestamp": seconds})
    page.evaluate("lifted.then(() => null)")
    two_frames(page)


def stop_clock(page):
    """Let time pass in `page` only as far as `page.clock.run_for` lets it."""
    page.clock.install(time=0)
    page.clock.pause_at(1)


# Wait until the page has been told the sizes of what stands in it now; this too where its clock is a test's.
MEASURED = (
    "new Promise((done) => new ResizeObserver(done).observe(document.documentElement)).then(() => null)"
)

# Wait until the page's own observers have spoken of what they see now. They keep to the browser's frames,
# also where the page's clock is a test's, and speak in the order in which they began.
OBSERVED = """async () => {
    for (const Observer of [ResizeObserver, IntersectionObserver, ResizeObserver]) {
        await new Promise((done) => new Observer(done).observe(document.documentElement));
    }
}"""

# Give a page the module whose source is handed over.
LOAD = """async (text) => {
    const url = URL.createObjectURL(new Blob([text], { type: "text/javascript" }));
    globalThis.physics = await import(url);
}"""
