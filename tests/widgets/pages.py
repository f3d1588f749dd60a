"""Pages that hold a widget and nothing else, as a browser opens them from disk."""

import json
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
    """Open a page of widgets and wait until all of them live."""
    page.goto(write(folder, *widgets, theme=theme))
    for place in page.locator(".thermo-widget:has(> script)").all():
        place.and_(page.locator("[data-ready=yes]")).wait_for()
    return page


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


# Give a page the module whose source is handed over.
LOAD = """async (text) => {
    const url = URL.createObjectURL(new Blob([text], { type: "text/javascript" }));
    globalThis.physics = await import(url);
}"""
