"""What moves in a page moves when a reader moves it, and is a picture where it cannot."""

from playwright.sync_api import ElementHandle, Page

# A question is a widget too, but nothing in it moves.
WIDGET = ".bd-article .thermo-widget:not(.thermo-widget .thermo-widget, :has(.thermo-question))"
# The knots of a schedule are dragged, and their own test drags them.
SLIDER = "input[type=range]:enabled:not(.thermo-knot)"


def its_widgets_run(page: Page) -> list[str]:
    """Each widget took the place of its still picture."""
    return [
        widget.inner_text()[:200]
        for widget in page.locator(".thermo-widget:not([data-ready=yes]):has(> script)").all()
    ]


# What a reader sees of a widget; its picture where that is of the slider's value alone. What is as it
# was after some frames is the same.
SEEN = """async ([widget, slider]) => {
    const look = () => {
        const seen = { value: slider.value, text: widget.innerText };
        if (!widget.querySelector(".thermo-explore")) return seen;
        const pictures = [widget, widget.querySelector(".thermo-picture")?.shadowRoot]
            .flatMap(root => root ? [...root.querySelectorAll("svg, img")] : []);
        const picture = pictures.find(e => e.checkVisibility({ visibilityProperty: true }));
        return { ...seen, picture: picture?.outerHTML ?? "" };
    };
    const before = widget.seen;
    let same = [];
    for (let frame = 0; frame < 10; frame++) {
        widget.seen = look();
        same = before ? Object.keys(before).filter(what => before[what] === widget.seen[what]) : [];
        if (same.length === 0) break;
        await new Promise(requestAnimationFrame);
    }
    return same;
}"""


def its_sliders_move_what_they_should(page: Page) -> list[str]:
    """The first slider of each widget obeys keyboard and mouse: value, words and picture change.

    Motion is reduced: labs wait, so what changes, the slider has changed.
    """
    open_folds(page)
    found = []
    widgets = page.locator(WIDGET).filter(has=page.locator(SLIDER)).element_handles()
    for number, widget in enumerate(widgets, start=1):
        slider = widget.query_selector(SLIDER)
        assert slider is not None
        page.evaluate(SEEN, [widget, slider])
        for act in (by_keyboard, by_mouse):
            high, width, height = slider.evaluate(
                "e => [e.value > (+e.min + +e.max) / 2, e.clientWidth, e.clientHeight]"
            )
            act(page, slider, high, width, height)
            same = page.evaluate(SEEN, [widget, slider])
            found += [f"widget {number}, {act.__name__}: the {what} is the same" for what in same]
    return found


def open_folds(page: Page) -> None:
    """Open what a widget stands folded in, as a reader does first."""
    folds = page.locator(".bd-article details:has(.thermo-widget)")
    folds.evaluate_all("all => all.forEach(fold => fold.open = true)")


def by_keyboard(page: Page, slider: ElementHandle, high: bool, *_: float) -> None:
    """Five steps, towards the farther end."""
    slider.focus()
    for _ in range(5):
        page.keyboard.press("ArrowLeft" if high else "ArrowRight")


def by_mouse(page: Page, slider: ElementHandle, high: bool, width: float, height: float) -> None:
    """A click near the farther end, when the slider stands still."""
    slider.click(position={"x": (0.15 if high else 0.85) * width, "y": height / 2})


def has_still_pictures(page: Page) -> list[str]:
    """Without JavaScript each widget is a picture with its caption."""
    open_folds(page)
    return page.locator(WIDGET).evaluate_all(
        """all => all.flatMap((widget, k) => {
            const picture = widget.querySelector("img, svg");
            const { width = 0, height = 0 } = picture?.getBoundingClientRect() ?? {};
            const caption = [...widget.querySelectorAll("figcaption")].map(e => e.textContent).join("");
            const faults = [];
            if (!width || !height || !picture.checkVisibility({ visibilityProperty: true }))
                faults.push("no picture is to be seen");
            if (!caption.trim()) faults.push("no caption");
            return faults.map(fault => `widget ${k + 1}: ${fault}`);
        })"""
    )


def has_something_that_moves(page: Page) -> list[str]:
    """A chapter and the landing page have a slider; the review has questions; the reference has neither."""
    cells = page.locator(".bd-article .cell:not(:has(.thermo-review))").count()
    computes = cells > 0 and "/reference/" not in page.url
    return ["no slider"] if computes and not page.locator(f"{WIDGET} {SLIDER}").count() else []


ASK = {
    "file": [its_widgets_run, has_something_that_moves, its_sliders_move_what_they_should],
    "phone": [its_widgets_run],
    "still": [has_still_pictures],
}
