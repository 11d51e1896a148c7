/** Python in a worker: loads Pyodide and the kernel, runs cells, says what they show. */

import type { Lockfile, PyodideAPI } from "pyodide";
import type { PyCallable, PyDict, PyProxy } from "pyodide/ffi";
import { createLoading, type Loading } from "./download_progress.ts";
import { lockDown } from "./lockdown.ts";
import type { Check, End, Order, Output, Report, Shared, Value } from "./protocol.ts";
import { waitForAnswer } from "./shared_memory.ts";
import { createTruncation } from "./truncate_output.ts";

/** runtime.json, written by the site's build. */
interface Runtime {
  pyodide: { base: string; library: string };
  wheel: string;
  requires: Record<string, string[]>;
  weights: Record<string, string>; // name -> file
  sizes: Record<string, number>;
}

/** The package coursekit.site.kernel as seen from here. */
interface Kernel extends PyProxy {
  run: PyCallable;
  grade: PyCallable;
  value(expression: string): unknown;
}
interface KernelModule extends PyProxy {
  Kernel: PyCallable;
  packages(code: string, requires: PyDict): PyProxy;
  weights(code: string, known: PyProxy): PyProxy;
}

type Run = Extract<Order, { kind: "run" }>;

const KERNEL = "coursekit.site.kernel";
const FIRST = "numpy"; // what nearly every cell needs is there when Python is ready
const WASM = "pyodide.asm.wasm";
const QUIET = { messageCallback: () => undefined, errorCallback: () => undefined };
const FIRST_FIGURE = "import matplotlib.pyplot as plt; plt.plot([0]);";
const MEMORY = 16_384; // of 64 kB, 1 GB: a cell that wants more gets a MemoryError

const { postMessage } = self;
const network = self.fetch.bind(self);
lockDown(self);
limitMemory();

let python: ReturnType<typeof createPython> | null = null;
let waiting: number | null = null; // the run that waits for packages

function report(message: Report): void {
  postMessage.call(self, message);
}

async function start(shared: Shared | null): Promise<void> {
  const runtime = await fetchJson<Runtime>("runtime.json", import.meta.url);
  const base = new URL(runtime.pyodide.base, import.meta.url).href;
  const loading = createLoading({
    sizes: runtime.sizes,
    report: (phases) => report({ kind: "progress", id: waiting, phases }),
    failed: failToStart,
    folder: new URL("../", import.meta.url).href,
    network,
  });
  self.fetch = loading.fetch; // which Pyodide calls

  const { library } = runtime.pyodide;
  loading.expect("python", [WASM, library, runtime.wheel]);
  loading.ahead([base + WASM, base + library]);
  const wheel = fetchBytes(runtime.wheel);
  const [lock, { loadPyodide }] = await Promise.all([
    fetchJson<Lockfile>("pyodide-lock.json", base),
    import(`${base}pyodide.mjs`) as Promise<typeof import("pyodide")>,
  ]);
  loading.expect(FIRST, filesOf(FIRST, lock));
  loading.ahead(filesOf(FIRST, lock).map((file) => base + file));
  let site = "";
  const pyodide = await loadPyodide({
    indexURL: base,
    lockFileContents: lock,
    packageBaseUrl: base,
    stdLibURL: base + library,
    stdout: () => undefined, // Pyodide's own; a cell's output comes through the kernel
    stderr: () => undefined,
    fsInit: async (_, { sitePackages }) => void (site = sitePackages),
  });
  loading.finish("python");
  const first = pyodide.loadPackage(FIRST, QUIET); // its libraries compile beside what follows
  pyodide.unpackArchive(await wheel, "wheel", { extractDir: site });
  const module = pyodide.pyimport(KERNEL) as KernelModule;
  await first;
  pyodide.pyimport(FIRST).destroy();
  loading.finish(FIRST);
  const trained = `${site}/coursekit/engine/trained`; // where weights.py looks
  pyodide.FS.mkdirTree(trained);
  python = createPython(pyodide, module, shared, lock, runtime, trained, loading);
  report({ kind: "ready" });
  reportFetched();
}

/** For the service worker (service_worker.ts), which may have come after the files. */
function reportFetched(): void {
  report({ kind: "fetched", addresses: performance.getEntriesByType("resource").map(({ name }) => name) });
}

function createPython(
  pyodide: PyodideAPI,
  module: KernelModule,
  shared: Shared | null,
  lock: Lockfile,
  { requires, weights }: Runtime,
  trained: string,
  loading: Loading,
) {
  const requirements = pyodide.toPy(requires) as PyDict;
  const known = pyodide.toPy(Object.keys(weights)) as PyProxy;
  const kernels = new Map<string, Kernel>(); // by page
  const loads = new Map<string, Promise<void>>(); // by package or file of weights
  const cancelled = new Set<number>();
  let drawn = false; // matplotlib has drawn its first figure, which takes seconds

  /** Fetches the packages that a cell imports and the weights that it loads, if not there yet. */
  async function fetchNeeds(code: string): Promise<void> {
    for (const name of listed(module.packages(code, requirements))) {
      if (!(name in pyodide.loadedPackages)) await once(name, install);
    }
    for (const name of listed(module.weights(code, known))) {
      const path = `${trained}/${name}.safetensors`;
      if (!pyodide.FS.analyzePath(path).exists) await once(path, () => placeWeights(name, path));
    }
  }

  function listed(names: PyProxy): string[] {
    const found = names.toJs() as string[];
    names.destroy();
    return found;
  }

  function once(name: string, load: (name: string) => Promise<void>): Promise<void> {
    const begun = loads.get(name) ?? load(name).finally(() => loads.delete(name));
    loads.set(name, begun);
    return begun;
  }

  async function placeWeights(name: string, path: string): Promise<void> {
    const file = weights[name]!;
    const phase = `${name}.safetensors`;
    loading.expect(phase, [file]);
    try {
      pyodide.FS.writeFile(path, await fetchBytes(file));
    } finally {
      loading.finish(phase);
      reportFetched();
    }
  }

  async function install(name: string): Promise<void> {
    loading.expect(name, filesOf(name, lock));
    try {
      await pyodide.loadPackage(name, QUIET);
      if (!(name in pyodide.loadedPackages)) throw new Error(`${name} could not be fetched`);
    } finally {
      loading.finish(name);
      reportFetched();
    }
  }

  /** What a cell needs before the reader runs it: its packages, and what takes long to import. */
  async function prepare(code: string): Promise<void> {
    await fetchNeeds(code);
    if (drawn || waiting !== null || !("matplotlib" in pyodide.loadedPackages)) return;
    drawn = true;
    const kernel = module.Kernel() as Kernel;
    const run = kernel.run;
    run.callKwargs(FIRST_FIGURE, { cell: "", emit: () => undefined });
    run.destroy();
    kernel.destroy();
  }

  function kernelOf(page: string, id: () => number): Kernel {
    const known = kernels.get(page);
    if (known) return known;
    const ask = shared && ((prompt: string) => askPage(shared, id(), prompt));
    const kernel = module.Kernel.callKwargs(ask ? { ask } : {}) as Kernel;
    kernels.set(page, kernel);
    return kernel;
  }

  /** input() in a cell: waits, with the worker, until the page has an answer. */
  function askPage(memory: Shared, id: number, prompt: string): string {
    report({ kind: "ask", id, prompt });
    const answer = waitForAnswer(memory);
    if (answer === null) pyodide.checkInterrupt(); // raises KeyboardInterrupt in the cell
    return answer ?? "";
  }

  let running = 0;

  function execute({ id, page, cell, code, holds, checks }: Run): End {
    running = id;
    let graded = false;
    const truncation = createTruncation((output) => {
      graded ||= output.kind === "checks";
      report({ kind: "output", id, output });
    });
    const emit = (output: PyDict): void => truncation.say(toOutput(output));
    const kernel = kernelOf(page, () => running);
    const run = checks ? kernel.grade : kernel.run;
    const tried = checks ? (pyodide.toPy(checks) as PyProxy) : null;
    try {
      if (shared) pyodide.setInterruptBuffer(shared.interrupt);
      const end: End = tried
        ? run.callKwargs(code, tried, { cell, emit })
        : run.callKwargs(code, { cell, emit, holds });
      return graded && end === "error" ? "done" : end; // a check that fails is no fault of the code
    } catch (error) {
      // The kernel lets nothing through but an interrupt that met it between two cells.
      if (error instanceof pyodide.ffi.PythonError && error.type === "KeyboardInterrupt") {
        return "stopped";
      }
      throw error;
    } finally {
      truncation.end();
      if (shared) pyodide.setInterruptBuffer(undefined as never); // only cells are interrupted
      run.destroy();
      tried?.destroy();
    }
  }

  /** What the page's predictions ask; an expression that raises has no value. */
  function evaluate({ page, asks }: Run): Value[] {
    return asks.map((expression) => {
      try {
        const value = kernels.get(page)?.value(expression);
        return typeof value === "number" || typeof value === "string" ? value : null;
      } catch {
        return null;
      }
    });
  }

  return {
    prepare,

    async run(order: Run): Promise<void> {
      const { id } = order;
      let missing = "";
      waiting = id;
      await fetchNeeds(order.code).catch((error: unknown) => (missing = String(error)));
      waiting = null;
      if (cancelled.delete(id)) return report({ kind: "finished", id, end: "stopped", ms: 0, values: [] });
      report({ kind: "begun", id });
      const started = performance.now();
      if (missing) {
        report({ kind: "output", id, output: { kind: "failure", what: "boot", detail: missing } });
      }
      const end = missing ? "error" : execute(order);
      const ms = performance.now() - started;
      report({ kind: "finished", id, end, ms, values: end === "done" ? evaluate(order) : [] });
    },

    cancel: (id: number) => cancelled.add(id),

    forget(page: string): void {
      kernels.get(page)?.destroy();
      kernels.delete(page);
    },
  };
}

function toOutput(described: PyDict): Output {
  const output = described.toJs({ dict_converter: Object.fromEntries }) as Output;
  return output.kind === "error" ? { ...output, line: output.line ?? null } : output; // None
}

/** The files of a package and of all it depends on. */
function filesOf(name: string, lock: Lockfile, seen: Set<string> = new Set()): string[] {
  const entry = lock.packages[name];
  if (!entry || seen.has(name)) return [];
  seen.add(name);
  return [entry.file_name, ...entry.depends.flatMap((other) => filesOf(other, lock, seen))];
}

async function fetchOk(name: string, base: string): Promise<Response> {
  const response = await network(new URL(name, base));
  if (!response.ok) throw new Error(`${response.status} ${response.statusText}: ${response.url}`);
  return response;
}

async function fetchJson<T>(name: string, base: string): Promise<T> {
  return (await (await fetchOk(name, base)).json()) as T;
}

async function fetchBytes(name: string): Promise<Uint8Array> {
  return new Uint8Array(await (await fetchOk(name, import.meta.url)).arrayBuffer());
}

async function obey(order: Order): Promise<unknown> {
  switch (order.kind) {
    case "start":
      return start(order.shared);
    case "prepare":
      return python?.prepare(order.code).catch(() => undefined); // its run will say what is missing
    case "run":
      return python?.run(order);
    case "cancel":
      return python?.cancel(order.id);
    case "forget":
      return python?.forget(order.page);
  }
}

/** Pyodide asks for up to 4 GB, and a page that has them is slow to die. */
function limitMemory(): void {
  const { Memory } = WebAssembly;
  WebAssembly.Memory = class extends Memory {
    constructor(asked: WebAssembly.MemoryDescriptor) {
      super({ ...asked, maximum: Math.min(asked.maximum ?? MEMORY, MEMORY) });
    }
  };
}

self.addEventListener("message", ({ data }: MessageEvent<Order>) => {
  obey(data).catch((error: unknown) => report({ kind: "crashed", message: String(error) }));
});

/** loadPyodide waits for ever where one of its own files does not come: so the page is told here. */
function failToStart(error: unknown): void {
  if (!python) report({ kind: "crashed", message: String(error) });
}

self.addEventListener("unhandledrejection", (event: PromiseRejectionEvent) => {
  if (!python) event.preventDefault();
  failToStart(event.reason);
});
