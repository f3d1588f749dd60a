"""A page on a slow link and on a slow machine: when it can be read and used, and how long it is busy."""

from urllib.parse import urlsplit

from playwright.sync_api import Page, Request

from record import RECORDS

# Chromium's “Slow 4G”: bytes and milliseconds.
LINK = {
    "offline": False,
    "latency": 562.5,
    "downloadThroughput": 1.44e6 / 8,
    "uploadThroughput": 0.675e6 / 8,
}
FREE = {"offline": False, "latency": 0, "downloadThroughput": -1, "uploadThroughput": -1}
TEXT, SLIDER, BUSY = 3, 4, 1.5  # seconds: what we aim for
THROTTLING = 4

# Notes when the first words are painted and when a slider first changes its picture, and how long the page
# kept the reader waiting: of each task what is longer than 50 ms.
NOTES = """
globalThis.notes = { text: null, slider: null, busy: 0 };
new PerformanceObserver(list => {
    for (const paint of list.getEntriesByName("first-contentful-paint")) notes.text = paint.startTime;
}).observe({ type: "paint", buffered: true });
new PerformanceObserver(list => {
    for (const task of list.getEntries()) notes.busy += task.duration - 50;
}).observe({ type: "longtask", buffered: true });
const look = widget => widget.querySelector(".thermo-picture")?.shadowRoot.innerHTML ?? widget.innerText;
const move = () => {
    const slider = document.querySelector(".bd-article .thermo-widget input[type=range]:enabled");
    if (!slider) return requestAnimationFrame(move);
    const widget = slider.closest(".thermo-widget");
    const before = look(widget);
    slider.value > (+slider.min + +slider.max) / 2 ? slider.stepDown() : slider.stepUp();
    slider.dispatchEvent(new Event("input", { bubbles: true }));
    requestAnimationFrame(() => requestAnimationFrame(() => {
        if (look(widget) === before) move();
        else notes.slider = performance.now();
    }));
};
requestAnimationFrame(move);
"""
IDLE = "() => new Promise(done => requestIdleCallback(() => done(notes)))"


def open_slowly(page: Page, address: str) -> None:
    """Open `address` over a slow link, then again, from what was kept, with a slow processor."""
    page.add_init_script(NOTES)
    under_way: set[Request] = set()
    page.on("request", lambda request: under_way.add(request))
    page.on("requestfinished", lambda request: under_way.discard(request))
    page.on("requestfailed", lambda request: under_way.discard(request))
    session = page.context.new_cdp_session(page)
    session.send("Network.enable")
    session.send("Network.emulateNetworkConditions", LINK)
    page.goto(address)
    page.wait_for_function("notes.text && notes.slider")
    first = page.evaluate("notes")
    session.send("Network.emulateNetworkConditions", FREE)
    while under_way:  # to open the page again would break these off: the icon comes last
        page.wait_for_timeout(20)
    session.send("Emulation.setCPUThrottlingRate", {"rate": THROTTLING})
    page.reload()
    page.wait_for_function("notes.slider")
    busy = page.evaluate(IDLE)["busy"]
    session.send("Emulation.setCPUThrottlingRate", {"rate": 1})
    name = urlsplit(address).path.strip("/")
    text, slider, busy = (value / 1000 for value in (first["text"], first["slider"], busy))
    RECORDS[page].measured.append(
        f"{name}, slow link: text after {text:.1f} s ({TEXT}), first slider moved after {slider:.1f} s "
        f"({SLIDER}); processor {THROTTLING} times slower: busy for {busy:.2f} s ({BUSY})"
    )
