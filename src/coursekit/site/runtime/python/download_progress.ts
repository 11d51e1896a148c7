/** The named parts of starting Python, and the bytes of each as they arrive. */

import type { Phase } from "./protocol.ts";

const OFTEN = 100; // ms between two reports of bytes

export interface Loading {
  /** A part that is to come, and the files it consists of. */
  expect(name: string, files: string[]): void;
  finish(name: string): void;
  /** Asks for files now that `fetch` will be asked for later. */
  ahead(urls: string[]): void;
  /** Instead of `fetch`: counts what comes, and checks it against its hash. */
  fetch(input: RequestInfo | URL, init?: RequestInit): Promise<Response>;
}

/** What a loading tells, and where it fetches. */
export interface LoadingOptions {
  sizes: Record<string, number>; // bytes of each file, by its name
  report(phases: Phase[]): void;
  /** A file did not come whole. Told as well as thrown: Pyodide does not hear of its own files. */
  failed(error: unknown): void;
  folder: string; // the address below which all files are; no other is fetched
  network: typeof fetch;
}

export function createLoading({ sizes, report, failed, folder, network }: LoadingOptions): Loading {
  let phases: Phase[] = [];
  const phaseOf = new Map<string, Phase>(); // by file name
  const asked = new Map<string, Promise<Response>>(); // by address, ahead of time
  let reported = 0;

  function tell(): void {
    reported = performance.now();
    report(phases.map((phase) => ({ ...phase })));
  }

  function count(phase: Phase, bytes: number): void {
    phase.loaded = Math.min(phase.loaded + bytes, phase.total);
    if (performance.now() - reported >= OFTEN) tell();
  }

  async function read(body: ReadableStream<Uint8Array>, phase: Phase): Promise<void> {
    const reader = body.getReader();
    for (let part = await reader.read(); !part.done; part = await reader.read()) {
      count(phase, part.value.byteLength);
    }
  }

  async function download(url: URL, phase: Phase, input: RequestInfo | URL, init: RequestInit) {
    // A browser hands over a response with `integrity` only when it is complete: no bytes to
    // count. So the hash is checked here, where the page may use the browser's hash functions.
    const { integrity, ...rest } = init;
    const own = integrity && globalThis.crypto?.subtle;
    const early = integrity && !own ? undefined : asked.get(url.href);
    asked.delete(url.href);
    const response = await (early ?? network(input, own ? rest : init));
    if (!response.ok || !response.body) throw new Error(`${url.pathname}: ${response.status}`);
    const counting = read(response.clone().body!, phase);
    if (!own) {
      counting.catch(failed);
      return response; // itself: with it the browser keeps what it has compiled, with a new one not
    }
    counting.catch(() => undefined); // the next line says it
    const bytes = await response.arrayBuffer();
    await verify(bytes, integrity, url.pathname);
    return new Response(bytes, response);
  }

  return {
    expect(name, files) {
      if (phases.every((phase) => phase.done)) phases = [];
      const mine = files.filter((file) => !phaseOf.has(file));
      const total = mine.reduce((sum, file) => sum + (sizes[file] ?? 0), 0);
      const phase = { name, loaded: 0, total, done: false };
      phases.push(phase);
      for (const file of mine) phaseOf.set(file, phase);
      tell();
    },

    finish(name) {
      const phase = phases.find((each) => each.name === name);
      if (phase) Object.assign(phase, { loaded: phase.total, done: true });
      tell();
    },

    ahead(urls) {
      for (const url of urls) {
        const response = network(url);
        response.catch(() => undefined); // whoever asks for it will hear
        asked.set(url, response);
      }
    },

    async fetch(input, init = {}) {
      const url = new URL(input instanceof Request ? input.url : input, folder);
      if (!url.href.startsWith(folder)) throw new TypeError(`${url} is no file of this course`);
      const phase = phaseOf.get(url.pathname.split("/").at(-1)!);
      if (!phase) return network(input, init);
      try {
        return await download(url, phase, input, init);
      } catch (error) {
        failed(error);
        throw error;
      }
    },
  };
}

async function verify(bytes: ArrayBuffer, integrity: string, path: string): Promise<void> {
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
  const found = `sha256-${btoa(String.fromCharCode(...digest))}`;
  if (found !== integrity) throw new Error(`${path} is not the file that was published`);
}
