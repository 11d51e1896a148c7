/** A browser's storage that a test can look into, and a course kept there. */

import { createStore, type Keeper } from "../../../../src/coursekit/site/runtime/kept/progress_store.ts";

/** A storage with room for so many characters. */
export class FakeStorage implements Keeper {
  readonly held = new Map<string, string>();

  constructor(public room = Infinity) {}

  get length(): number {
    return this.held.size;
  }
  key(n: number): string | null {
    return [...this.held.keys()][n] ?? null;
  }
  getItem(key: string): string | null {
    return this.held.get(key) ?? null;
  }
  removeItem(key: string): void {
    this.held.delete(key);
  }
  setItem(key: string, value: string): void {
    if (value.length > this.room) throw new Error("QuotaExceededError");
    this.held.set(key, value);
  }
}

export function setUp(storage: Keeper | null = new FakeStorage()) {
  let time = 1000;
  const open = () => createStore(storage, "course", () => time++);
  return { storage, open, store: open() };
}

export const ONE = "lessons/01/";
export const TWO = "lessons/02/";
