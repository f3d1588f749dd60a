// Typesets formulae: for each line of JSON that comes in, {tex, display}, one goes out, {html} or {error}.
/// <reference lib="deno.ns" />
import katex from "katex";

// The TeX itself, which KaTeX would add for programs, is no use to a reader, and a search would find it.
const SOURCE = /<annotation encoding="application\/x-tex">[^<]*<\/annotation>/;

function typeset({ tex, display }) {
  try {
    return { html: katex.renderToString(tex, { displayMode: display, strict: "error" }).replace(SOURCE, "") };
  } catch (error) {
    return { error: error.message };
  }
}

let rest = "";
for await (const text of Deno.stdin.readable.pipeThrough(new TextDecoderStream())) {
  const lines = (rest + text).split("\n");
  rest = lines.pop();
  for (const line of lines) console.log(JSON.stringify(typeset(JSON.parse(line))));
}
