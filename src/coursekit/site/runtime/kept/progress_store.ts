/**
 * What a reader has done and edited, kept in the browser's storage: one entry for each page.
 *
 * Entries go by the page's path from the site's root. Nothing of them is sent anywhere. No DOM: the
 * storage is handed in.
 *
 * Every change reads the entry anew, so that two tabs do not write over each other. Where the
 * browser keeps nothing, or has no room left, the page goes on with what it remembers itself.
 */

export const FORMAT = 1;
export const LINK = "#code="; // how the hash of a link begins that brings code (code_in_link.ts)

/** The part of the browser's Storage that is used. */
export type Keeper = Pick<Storage, "length" | "key" | "getItem" | "setItem" | "removeItem">;

/** Code that a reader has edited, and a short hash of the code that it was made from. */
export interface Draft {
  of: string;
  code: string;
}

/** One page. */
export interface Entry {
  changed: number; // when, in ms
  exercises: Map<string, "open" | "passed">;
  predictions: Map<string, string>; // the answers
  drafts: Map<string, Draft>; // by cell
  aside: Map<string, Draft | null>; // by cell that shows code from a link: the draft it had before
}

/** Why something will not last: the browser keeps nothing for this site, or has no more room. */
export type Trouble = "denied" | "full" | null;

export type Store = ReturnType<typeof createStore>;
export type Kept = ReturnType<Store["page"]>;

/** `siteKey` tells this course from others on the same host. */
export function createStore(storage: Keeper | null, siteKey: string, now: () => number = Date.now) {
  const prefix = `${siteKey}:${FORMAT}:`;
  const unkept = new Map<string, string | null>(); // what could not be written; null: removed
  const listeners = new Set<(path: string | null) => void>();
  let trouble: Trouble = works() ? null : "denied";

  function works(): boolean {
    try {
      storage!.getItem(prefix);
      return true;
    } catch {
      return false;
    }
  }

  // --- entries ------------------------------------------------------------------------------------

  function keys(): string[] {
    const found = new Set<string>();
    for (let n = 0; trouble !== "denied" && n < storage!.length; n++) found.add(storage!.key(n)!);
    for (const [key, text] of unkept) text === null ? found.delete(key) : found.add(key);
    return [...found].filter((key) => key.startsWith(prefix)).sort();
  }

  function read(path: string): Entry {
    const key = prefix + path;
    try {
      const text = unkept.has(key) ? unkept.get(key)! : trouble === "denied" ? null : storage!.getItem(key);
      return text === null ? newEntry() : toEntry(JSON.parse(text));
    } catch {
      return newEntry(); // not ours, or broken: as if nothing were there
    }
  }

  function write(path: string, entry: Entry): void {
    const key = prefix + path;
    const text = isEmpty(entry) ? null : JSON.stringify(fromEntry(entry));
    try {
      if (text === null) storage!.removeItem(key);
      else storage!.setItem(key, text);
      unkept.delete(key);
      if (trouble === "full" && unkept.size === 0) trouble = null;
    } catch {
      unkept.set(key, text);
      trouble ??= "full";
    }
  }

  function tell(path: string | null): void {
    for (const listener of listeners) listener(path);
  }

  function change(path: string, act: (entry: Entry) => void): void {
    const entry = read(path);
    const before = JSON.stringify(fromEntry(entry));
    act(entry);
    if (JSON.stringify(fromEntry(entry)) === before) return;
    entry.changed = now();
    write(path, entry);
    tell(path);
  }

  // --- one page -----------------------------------------------------------------------------------

  function page(path: string) {
    return {
      entry: () => read(path),

      /** Once passed, an exercise stays passed. */
      exercise(id: string, status: "open" | "passed"): void {
        change(path, ({ exercises }) => {
          if (exercises.get(id) !== "passed") exercises.set(id, status);
        });
      },
      statusOf: (id: string) => read(path).exercises.get(id) ?? null,

      answer(id: string, text: string): void {
        change(path, ({ predictions }) => predictions.set(id, text));
      },
      answerOf: (id: string) => read(path).predictions.get(id) ?? null,

      /** Keeps what the reader made of a cell's code, while it differs from the original. */
      setDraft(cell: string, code: string, original: string): void {
        change(path, ({ drafts }) => {
          if (code === original) drafts.delete(cell);
          else drafts.set(cell, { of: hash(original), code });
        });
      },
      /** The reader's code of a cell; it is dropped when the page has a new original. */
      draft(cell: string, original: string): string | null {
        const draft = read(path).drafts.get(cell);
        if (!draft) return null;
        if (draft.of === hash(original)) return draft.code;
        change(path, ({ drafts }) => drafts.delete(cell));
        return null;
      },

      /** Code from a link comes into these cells: what the reader had there is laid aside. */
      layAside(cells: Iterable<string>): void {
        change(path, ({ drafts, aside }) => {
          for (const cell of cells) if (!aside.has(cell)) aside.set(cell, drafts.get(cell) ?? null);
        });
      },
      /** The cells that show code from a link. */
      guests: () => [...read(path).aside.keys()],
      /** What was laid aside is the reader's code again. */
      putBack(): void {
        change(path, (entry) => Object.assign(entry, own(entry)));
      },
      /** The code from the link stays, as if the reader had written it. */
      adopt: () => change(path, ({ aside }) => aside.clear()),
    };
  }

  // --- all pages ----------------------------------------------------------------------------------

  const paths = (): string[] => keys().map((key) => key.slice(prefix.length));

  return {
    page,
    paths,
    now,

    /** What is kept of a page, without code from a link. */
    entry: (path: string): Entry => own(read(path)),

    /** Puts other entries in the place of those of their pages. */
    put(pages: Iterable<[path: string, entry: Entry]>): void {
      for (const [path, entry] of pages) write(path, entry);
      tell(null);
    },

    resetPage(path: string): void {
      write(path, newEntry());
      tell(path);
    },

    resetAll(): void {
      for (const path of paths()) write(path, newEntry());
      tell(null);
    },

    /** `listener` is given the path of the page that changed, here or in another tab; null: any. */
    onChange(listener: (path: string | null) => void): () => void {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },

    /** The browser says that another tab wrote this key; null: it removed them all. */
    heard(key: string | null): void {
      if (key === null) tell(null);
      else if (key.startsWith(prefix)) tell(key.slice(prefix.length));
    },

    get trouble(): Trouble {
      return trouble;
    },
  };
}

/** Eight hex digits and the length: enough to see that a page's code has changed. */
export function hash(text: string): string {
  let state = 0x811c9dc5; // FNV-1a
  for (let n = 0; n < text.length; n++) state = Math.imul(state ^ text.charCodeAt(n), 0x01000193);
  return `${(state >>> 0).toString(16).padStart(8, "0")}-${text.length}`;
}

// --- the format -----------------------------------------------------------------------------------

function newEntry(): Entry {
  const empty = { exercises: new Map(), predictions: new Map(), drafts: new Map(), aside: new Map() };
  return { changed: 0, ...empty };
}

export function isEmpty({ exercises, predictions, drafts, aside }: Entry): boolean {
  return exercises.size + predictions.size + drafts.size + aside.size === 0;
}

/** The entry without code from a link: what was laid aside is back in its place. */
export function own(entry: Entry): Entry {
  const drafts = new Map(entry.drafts);
  for (const [cell, draft] of entry.aside) draft ? drafts.set(cell, draft) : drafts.delete(cell);
  return { ...entry, drafts, aside: new Map() };
}

export function fromEntry(entry: Entry): object {
  const { changed, exercises, predictions, drafts, aside } = entry;
  const plain = { exercises, predictions, drafts, aside };
  const filled = Object.entries(plain).filter(([, held]) => held.size > 0);
  return { changed, ...Object.fromEntries(filled.map(([name, held]) => [name, Object.fromEntries(held)])) };
}

/** Throws where something is not as `fromEntry` writes it. */
export function toEntry(value: unknown): Entry {
  const { changed = 0, exercises, predictions, drafts, aside } = fields(value);
  if (typeof changed !== "number" || !Number.isFinite(changed)) throw new TypeError("changed");
  return {
    changed,
    exercises: toMap(exercises, (status) => {
      if (status === "open" || status === "passed") return status;
      throw new TypeError("status");
    }),
    predictions: toMap(predictions, toText),
    drafts: toMap(drafts, toDraft),
    aside: toMap(aside, (draft) => (draft === null ? null : toDraft(draft))),
  };
}

function toMap<T>(value: unknown, each: (value: unknown) => T): Map<string, T> {
  return new Map(Object.entries(fields(value ?? {})).map(([key, held]) => [key, each(held)]));
}

function toDraft(value: unknown): Draft {
  const { of, code } = fields(value);
  return { of: toText(of), code: toText(code) };
}

function toText(value: unknown): string {
  if (typeof value === "string") return value;
  throw new TypeError("text");
}

export function fields(value: unknown): Record<string, unknown> {
  if (typeof value === "object" && value !== null && !Array.isArray(value)) return { ...value };
  throw new TypeError("object");
}
