// KaTeX in Node: formulas in, HTML out, once per page at build.
// `node math.mjs NODE_MODULES` reads [[tex, display], ...] as JSON and writes a list of {html} or
// {error} in the same order.
import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { pathToFileURL } from "node:url";

const file = resolve(process.argv[2], "katex/dist/katex.mjs");
const { default: katex } = await import(pathToFileURL(file));

const set = ([tex, displayMode]) => {
  try {
    // MathML beside the drawn form: a screen reader reads it, a browser can copy it.
    const options = { displayMode, output: "htmlAndMathml", strict: "error", throwOnError: true };
    return { html: katex.renderToString(tex, options) };
  } catch (error) {
    return { error: error.message };
  }
};

process.stdout.write(JSON.stringify(JSON.parse(readFileSync(0)).map(set)));
