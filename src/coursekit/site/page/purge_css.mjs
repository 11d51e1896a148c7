// PurgeCSS in Node: style sheets in, the same without what nothing uses out.
// `node purge_css.mjs NODE_MODULES` reads {sheets, words, attributes} as JSON and writes the list of
// trimmed sheets.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { resolve } from "node:path";

const { PurgeCSS } = createRequire(resolve(process.argv[2], "_"))("purgecss");
const { sheets, words, attributes } = JSON.parse(readFileSync(0, "utf-8"));
const made = await new PurgeCSS().purge({
  content: [{ raw: words.join(" "), extension: "html" }],
  css: sheets.map((raw) => ({ raw })),
  dynamicAttributes: attributes,
});
process.stdout.write(JSON.stringify(made.map(({ css }) => css)));
