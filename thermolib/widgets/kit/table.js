// A table of numbers whose columns keep their widths while the numbers change.
import { element, say } from "./slider.js";

/**
 * @param {(string | Node)[]} columns the heads, that of the rows' names first
 * @param {Record<string, string | Node>} rows their names
 * @param {string} [caption]
 */
export function table(columns, rows, caption) {
  const cells = {};
  const body = Object.entries(rows).map(([key, words]) => {
    cells[key] = columns.slice(1).map(() => element("td"));
    return element("tr", {}, element("th", { scope: "row" }, words), ...cells[key]);
  });
  const head = (words) => words === "" ? element("td") : element("th", { scope: "col" }, words);
  const node = element(
    "table",
    {},
    ...(caption ? [element("caption", {}, caption)] : []),
    element(
      "thead",
      {},
      element(
        "tr",
        {},
        ...columns.map(head),
      ),
    ),
    element("tbody", {}, ...body),
  );
  return {
    node,
    cells,
    /** A value is words, or [words, words in small print below]. */
    show: (key, ...values) =>
      values.forEach((value, k) => {
        const [words, small = ""] = [value].flat(), cell = cells[key][k];
        say(cell, words);
        if (small && !cell.lastElementChild) cell.append(element("small"));
        if (cell.lastElementChild) say(cell.lastElementChild, small);
      }),
  };
}
