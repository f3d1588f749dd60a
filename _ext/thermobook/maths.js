// Typesets formulae: for each line of JSON that comes in, {tex, display}, one goes out, {html} or {error}.
import { createInterface } from "node:readline";
import process from "node:process";
import katex from "katex";

// The TeX itself, which KaTeX would add for programs, is no use to a reader, and a search would find it.
const SOURCE = /<annotation encoding="application\/x-tex">[^<]*<\/annotation>/;

for await (const line of createInterface({ input: process.stdin })) {
  const { tex, display } = JSON.parse(line);
  let answer;
  try {
    answer = { html: katex.renderToString(tex, { displayMode: display, strict: "error" }).replace(SOURCE, "") };
  } catch (error) {
    answer = { error: error.message };
  }
  console.log(JSON.stringify(answer));
}
