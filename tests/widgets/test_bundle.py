"""Modules joined into one: what they import, their own scopes, and what does not fit together."""

import json

import pytest
from pages import LOAD
from thermolib.widgets.kit.bundle import WIDGETS, BundleError, bundle

FILES = {
    "lab/view.js": """import { area, name as shape } from "./square.js";
import {
  count,
} from "../kit/count.js";
const hidden = "view";
export const found = [area(3), shape, hidden, count(), count()];
export default { found };
""",
    "lab/square.js": """// A comment.
import { count } from "../kit/count.js";
const hidden = 2;
export function area(x) {
  count();
  return x ** hidden;
}
export const name = "square", unused = `a ${hidden}`;
""",
    "kit/count.js": """/**
 * Counts its calls.
 */
let hidden = 0;
export const count = () => ++hidden;
""",
}


@pytest.fixture
def files(tmp_path):
    def write(**changed):
        for name, text in {**FILES, **{f"lab/{key}.js": text for key, text in changed.items()}}.items():
            (tmp_path / name).parent.mkdir(exist_ok=True)
            (tmp_path / name).write_text(text, encoding="utf8")
        return tmp_path

    return write


def test_each_module_is_there_once_with_names_of_its_own(files, empty):
    """Three modules have a `hidden`; the counter is one, whoever calls it."""
    text = bundle("lab/view.js", files())
    empty.evaluate(LOAD, text)
    assert empty.evaluate("[physics.found, physics.default.found]") == [[9, "square", "view", 2, 3]] * 2
    assert bundle("lab/view.js", files()) == text
    assert "comment" not in text and "Counts" not in text


@pytest.mark.parametrize(
    ("square", "words"),
    [
        ("export const area = 1;\n", "view.js imports name as shape, not exported by ./square.js"),
        ('import { x } from "./none.js";\n', r"square.js imports ./none.js, which is not there"),
        ('import { found } from "./view.js";\n', "in a circle: view.js → square.js → view.js"),
        ('import { a } from "./square.js";\n', "in a circle: square.js → square.js"),
        ('import x from "../kit/count.js";\n', "not understood: import x from"),
        ('import * as x from "../kit/count.js";\n', r"not understood: import \* as x"),
        ('import "../kit/count.js";\n', "not understood: import "),
        ('import { x } from "elsewhere";\n', "not understood: import { x }"),
        ("export default 1;\n", "square.js: .* not understood: export default 1"),
        ("const a = 1;\nexport { a };\n", "not understood: export { a }"),
        ("export let a = 1;\n", "not understood: export let a"),
    ],
)
def test_what_does_not_fit_together_is_refused(files, square, words):
    with pytest.raises(BundleError, match=words):
        bundle("lab/view.js", files(square=square))


@pytest.mark.parametrize("name", [f"{path.parent.name}/view.js" for path in WIDGETS.glob("*/view.js")])
def test_every_widget_is_one_module(name, empty):
    text = bundle(name)
    empty.evaluate(LOAD, text)
    assert empty.evaluate("typeof physics.default.render") == "function"
    assert "\nimport" not in json.dumps(text)
