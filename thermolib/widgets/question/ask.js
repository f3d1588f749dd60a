// A question that answers: a number to write or a choice to make, and the feedback that thermolib.checks would give.
// RIGHT, WRONG, IMPRECISE, COMMON, COARSE, FINE, FARTHER and PATIENCE come from there; __init__.py writes them above.
import { answers, keep } from "./answers.js";
import { element, uniqueId } from "../kit/slider.js";

// As in __init__.py: T_c, e^n, and e^(−E/T), whose brackets go.
const MARKED = /([_^])(\((?:[^()]|\([^()]*\))*\)|[\p{L}\d]+)/u;

const PLAIN = /^[+-]?(\d+[.,]?\d*|[.,]\d+)(e[+-]?\d+)?$/i;
const GROUPED = /^[+-]?[1-9]\d{0,2}([,\s'’])\d{3}(\1\d{3})*((?!\1)[.,]\d*)?(e[+-]?\d+)?$/i; // \s: thin and no-break spaces too

// A text as nodes: what is marked stands lower or higher.
function typeset(text) {
  const parts = text.split(MARKED), nodes = [parts[0]];
  for (let k = 1; k < parts.length; k += 3) {
    const [mark, inside, after] = parts.slice(k, k + 3);
    nodes.push(element(mark === "_" ? "sub" : "sup", {}, inside.replace(/^\((.*)\)$/, "$1")), after);
  }
  return nodes;
}

// What a text may mean: 20,431 is a little more than 20, or than 20 thousand.
function meanings(text) {
  const mark = text.match(GROUPED)?.[1];
  const texts = [...(PLAIN.test(text) ? [text] : []), ...(mark ? [text.replaceAll(mark, "")] : [])];
  return texts.map((one) => Number(one.replace(",", ".")));
}

// What is written, as numbers that it may mean, the decimal one first: 0.5, .5, 0,5, −0.5, 1e-3, 1/3, 17 700. Throws what is wrong with it.
function read(text) {
  const written = text.trim();
  if (!written) throw new Error("No answer yet: write a number.");
  const [above, below = [1], ...more] = written.replace(/[−–]/g, "-").split("/").map((part) =>
    meanings(part.trim())
  );
  const all = above.flatMap((a) => below.map((b) => a / b));
  if (more.length || !all.length) {
    throw new Error(`“${written}” is not a number: write it like 0.5, 1e-3 or 1/3.`);
  }
  if (!all.every(Number.isFinite)) throw new Error(`“${written}” is not a finite number.`);
  return all;
}

// How far x is from the right y; thermolib.checks says it the same way.
function off(x, y, ladder) {
  if (x * y < 0) return "of the wrong sign, and of another size";
  const [small, large] = [Math.abs(x), Math.abs(y)].sort((a, b) => a - b);
  const by = ladder.find(([limit]) => large / small < limit)?.[1] ?? FARTHER;
  return `too ${Math.abs(x) > Math.abs(y) ? "large" : "small"}${y < 0 ? " in absolute value" : ""} by ${by}`;
}

// Whether x is y rounded to two digits or more, none of them before the decimal point missing.
const rounded = (x, y) =>
  [2, 3, 4, 5, 6, 7].some((n) => x === Number((y * (1 + 1e-12)).toPrecision(n)) && Math.abs(x) < 10 ** n);

// Of several meanings the right one counts, else one that a known mistake leads to, else the first.
function ofNumbers({ answer, tolerance, units, mistakes }, all, wrongAnswers) {
  const fits = (y) => all.some((x) => Math.abs(x - y) <= tolerance * Math.abs(y));
  for (const [unit, factor] of units) {
    if (fits(factor * answer)) return { sign: "✓", message: unit ? `${RIGHT}, in ${unit}.` : `${RIGHT}.` };
  }
  for (const [, unit] of units) {
    const own = mistakes.map(([mistake, wrong]) => [mistake, unit * wrong]);
    const usual = COMMON.map(([mistake, factor, power]) => [mistake, factor * (unit * answer) ** power]);
    const found = [...own, ...usual].find(([, wrong]) => fits(wrong))?.[0];
    if (found) {
      return { sign: "✗", message: `${WRONG}. This looks like ${found}${found.endsWith("?") ? "" : "."}` };
    }
  }
  if (units.some(([, factor]) => rounded(all[0], factor * answer))) return { sign: "", message: IMPRECISE };
  const ratio = ([, factor]) => {
    const r = all[0] / (factor * answer);
    return r > 0 ? Math.max(r, 1 / r) : Infinity;
  };
  // Said of the unit in which the answer comes nearest.
  const [unit, factor] = units.reduce((a, b) => (ratio(b) < ratio(a) ? b : a));
  const ladder = wrongAnswers >= PATIENCE ? FINE : COARSE;
  return {
    sign: "✗",
    message: `${WRONG}: ${unit ? `taken as ${unit}, ` : ""}${off(all[0], factor * answer, ladder)}.`,
  };
}

function ofChoice({ answer, choices }, chosen) {
  if (!chosen) throw new Error("No answer yet: choose one.");
  const [text, said] = choices[Number(chosen)];
  return text === answer
    ? { sign: "✓", message: `${RIGHT}. ${said}` }
    : { sign: "✗", message: `${WRONG}. ${said}` };
}

// What there is to choose from, each choice as large as its line.
function choices({ question, choices }, name, described) {
  const lines = choices.map(([text], k) => {
    const radio = element("input", { type: "radio", name, value: k });
    return element("label", {}, radio, element("span", {}, ...typeset(text)));
  });
  return element("fieldset", described, element("legend", {}, ...typeset(question)), ...lines);
}

/**
 * Ask an exercise. What was answered before stands there again, unless it is asked anew.
 * @param {any} exercise as __init__.py writes it
 * @param {boolean} [anew]
 */
export function ask(exercise, anew = false) {
  const id = uniqueId();
  let wrongAnswers = 0; // since the last right one
  const described = { "aria-describedby": `${id}-said` };
  const button = element("button", { type: "submit" }, "Check");
  const field = element("input", {
    id,
    type: "text",
    inputmode: "decimal",
    autocomplete: "off",
    ...described,
  });
  const asked = exercise.choices ? [choices(exercise, id, described), button] : [
    element("label", { for: id }, ...typeset(exercise.question)),
    element("div", {}, field, button),
  ];
  const status = element("p", {
    class: "thermo-feedback",
    role: "status",
    "aria-live": "polite",
    id: `${id}-said`,
  });
  const form = element("form", { class: "thermo-question", novalidate: "" }, ...asked, status);

  function say(sign, message) {
    status.dataset.sign = sign;
    status.replaceChildren(...typeset(message));
  }
  form.addEventListener("input", () => say("", ""));
  form.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.target === button) return;
    event.preventDefault(); // JupyterLab lets no Enter through to the form, so it is sent by hand
    form.requestSubmit();
  });
  // Say what there is to say of the answer, and return it with its sign; null if it is none.
  function judge() {
    try {
      const chosen = new FormData(form).get(id);
      const { sign, message } = exercise.choices
        ? ofChoice(exercise, chosen)
        : ofNumbers(exercise, read(field.value), wrongAnswers);
      say(sign, message);
      return { sign, text: exercise.choices ? exercise.choices[Number(chosen)][0] : field.value };
    } catch (error) {
      say("", error.message);
      return null;
    }
  }
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const said = judge();
    if (!said) return;
    wrongAnswers = said.sign === "✓" ? 0 : wrongAnswers + 1;
    if (said.sign) keep(exercise.name, said.text, said.sign === "✓");
  });

  // Put back what was answered; a choice that there no longer is, is none.
  function restore({ text }) {
    if (exercise.choices) {
      const k = exercise.choices.findIndex(([choice]) => choice === text);
      if (k < 0) return;
      /** @type {HTMLInputElement} */ (form.elements[k + 1]).checked = true; // the first is the fieldset
    } else field.value = text;
    judge();
  }
  const before = answers()[exercise.name];
  if (before && !anew) restore(before);
  return form;
}
