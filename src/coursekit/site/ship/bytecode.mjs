/**
 * Pyodide in Node: compiles modules to the bytecode that the browser runs.
 *
 * node bytecode.mjs PYODIDE-FOLDER < job, in JSON, for compile_in_pyodide.py:
 * {list: [wheel]} prints the files of the modules that a first figure imports;
 * {compile: [{archive, home, chosen, made}]} writes archives again, with modules compiled.
 */

import fs from "node:fs";
import path from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

const core = process.argv[2];
const here = path.dirname(fileURLToPath(import.meta.url));
const job = JSON.parse(fs.readFileSync(0, "utf8"));
const read = (file) => new Uint8Array(fs.readFileSync(file));

const { loadPyodide } = await import(pathToFileURL(path.join(core, "pyodide.mjs")));
// Sets are written in the order of their hashes: one seed, one order, the same bytes everywhere.
const pyodide = await loadPyodide({ indexURL: core, env: { PYTHONHASHSEED: "0", HOME: "/" } });
const ours = "compile_in_pyodide";
pyodide.FS.writeFile(`/lib/python3.13/site-packages/${ours}.py`, read(path.join(here, `${ours}.py`)));

if (job.list) {
  for (const wheel of job.list) {
    await pyodide.loadPackage(pathToFileURL(wheel).href, { checkIntegrity: false, messageCallback() {} });
  }
  console.log(pyodide.pyimport(ours).loaded(pyodide.pyimport("coursekit.site.kernel")));
} else {
  const { compile_archive: compile } = pyodide.pyimport(ours);
  for (const { archive, home, chosen, made } of job.compile) {
    const bytes = pyodide.toPy(read(archive)).tobytes();
    fs.writeFileSync(made, compile(bytes, home, pyodide.toPy(chosen)).toJs());
  }
}
