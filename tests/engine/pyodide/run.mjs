// Runs Python in Pyodide under Node: the engine's tests, or any module, as the browser would.
//
//   node tests/engine/pyodide/run.mjs CONFIG
//
// CONFIG is JSON: {"wheels": [paths], "mounts": {"/here": "/on/disk"}, "paths": [...], "cwd": "/..",
// "module": "pytest", "args": [...]}. The exit code is that of the module.
import { readFile } from "node:fs/promises";
import { loadPyodide } from "pyodide";

try {
  const config = JSON.parse(process.argv[2]);
  const pyodide = await loadPyodide();
  for (const wheel of config.wheels) {
    const bytes = new Uint8Array(await readFile(wheel));
    pyodide.unpackArchive(bytes, "zip", { extractDir: "/wheels" });
  }
  for (const [here, there] of Object.entries(config.mounts)) {
    pyodide.mountNodeFS(here, there);
  }
  const run = pyodide.runPython(`
def run(paths, cwd, module, args):
    import importlib, os, runpy, sys
    importlib.invalidate_caches()
    sys.path[:0] = paths
    os.chdir(cwd)
    sys.argv = [module, *args]
    try:
        runpy.run_module(module, run_name="__main__", alter_sys=True)
    except SystemExit as end:
        return int(end.code or 0)
    return 0
run`);
  const { paths, cwd, module, args } = config;
  process.exitCode = run(...[paths, cwd, module, args].map((value) => pyodide.toPy(value)));
} catch (error) {
  console.error(error.message); // not the error itself: Node would print a line of 300 kB with it
  process.exitCode = 70;
}
