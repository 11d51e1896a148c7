/**
 * compiler.py in Pyodide under Node: node compiled.mjs PYODIDE-FOLDER < job, in JSON
 *
 * {list: {wheels, kernel}} prints the files of the modules that a first figure imports;
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
const put = (file, name) => pyodide.FS.writeFile(`/lib/python3.13/site-packages/${name}.py`, read(file));
put(path.join(here, "compiler.py"), "compiler");

if (job.list) {
  put(job.list.kernel, "coursekit_kernel");
  for (const wheel of job.list.wheels) {
    await pyodide.loadPackage(pathToFileURL(wheel).href, { checkIntegrity: false, messageCallback() {} });
  }
  console.log(pyodide.pyimport("compiler").loaded(pyodide.pyimport("coursekit_kernel")));
} else {
  const { compile_archive: compile } = pyodide.pyimport("compiler");
  for (const { archive, home, chosen, made } of job.compile) {
    const bytes = pyodide.toPy(read(archive)).tobytes();
    fs.writeFileSync(made, compile(bytes, home, pyodide.toPy(chosen)).toJs());
  }
}
