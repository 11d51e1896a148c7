/** The memory that page and worker share: the wish to stop, and the answer to input(). */

import type { Shared } from "./protocol.ts";

const ROOM = 64 * 1024; // bytes an answer may have
const NOBODY = -1; // `length` while no answer has come
const STOP = -2; // `length` when the reader stopped the run instead of answering
const SIGINT = 2; // what Python reads as Ctrl+C

/** Shared memory, or null where the page is not cross-origin isolated. */
export function createShared(isolated: boolean): Shared | null {
  if (!isolated) return null;
  return {
    interrupt: new Uint8Array(new SharedArrayBuffer(1)),
    length: new Int32Array(new SharedArrayBuffer(4)),
    answer: new Uint8Array(new SharedArrayBuffer(ROOM)),
  };
}

/** Page: ask Python to stop, also where it waits for an answer. */
export function interrupt(shared: Shared): void {
  Atomics.store(shared.interrupt, 0, SIGINT);
  Atomics.store(shared.length, 0, STOP);
  Atomics.notify(shared.length, 0);
}

/** Page: before each run, forget an interrupt that came too late for the last one. */
export function calm(shared: Shared): void {
  Atomics.store(shared.interrupt, 0, 0);
  Atomics.store(shared.length, 0, NOBODY);
}

/** Page: hand over an answer. */
export function answer(shared: Shared, text: string): void {
  const bytes = new TextEncoder().encode(text).subarray(0, ROOM);
  shared.answer.set(bytes);
  Atomics.store(shared.length, 0, bytes.length);
  Atomics.notify(shared.length, 0);
}

/** Worker: wait for an answer; null when the reader stopped the run. */
export function waitForAnswer(shared: Shared): string | null {
  Atomics.wait(shared.length, 0, NOBODY);
  const length = Atomics.load(shared.length, 0);
  if (length === STOP) return null;
  Atomics.store(shared.length, 0, NOBODY);
  return new TextDecoder().decode(shared.answer.slice(0, length));
}
