// Leaves out of a style sheet what neither a page nor a script of the site can use: a sheet comes in, a sheet goes out.
/// <reference lib="deno.ns" />
// @ts-types="../purgecss.d.ts"
import { PurgeCSS } from "purgecss";

const [site] = Deno.args;
const [used] = await new PurgeCSS().purge({
  content: [`${site}/**/*.html`, `${site}/_static/**/*.js`],
  css: [{ raw: await new Response(Deno.stdin.readable).text() }],
  keyframes: true,
});
console.log(used.css);
