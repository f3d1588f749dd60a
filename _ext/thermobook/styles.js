// Leaves out of a style sheet what neither a page nor a script of the site can use: a sheet comes in, a sheet goes out.
import process from "node:process";
import { PurgeCSS } from "purgecss";

const [site] = process.argv.slice(2);
const chunks = [];
for await (const chunk of process.stdin) chunks.push(chunk);
const [used] = await new PurgeCSS().purge({
  content: [`${site}/**/*.html`, `${site}/_static/**/*.js`],
  css: [{ raw: Buffer.concat(chunks).toString() }],
  keyframes: true,
});
process.stdout.write(used.css);
