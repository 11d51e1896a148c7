/** What a reader has done, as a file for another browser, and back. */

import { FORMAT, fields, fromEntry, own, toEntry, type Entry, type Store } from "./progress_store.ts";

const LARGEST = 5_000_000; // characters of a file that could be an export

/** A file that is no export of this course; the message is a key of the words. */
export class ImportError extends Error {
  constructor(
    readonly key: "import_json" | "import_other" | "import_newer" | "import_page",
    readonly page = "",
  ) {
    super(key);
  }
}

export function exportJson(store: Store): string {
  const pages = Object.fromEntries(store.paths().map((path) => [path, fromEntry(store.entry(path))]));
  const exported = new Date(store.now()).toISOString();
  return `${JSON.stringify({ coursekit: FORMAT, exported, pages }, null, 1)}\n`;
}

/**
 * Adds the pages of an export; returns how many. What was passed stays passed; of two answers or
 * two drafts, the one of the page that was changed later is kept. Throws ImportError, changing
 * nothing.
 */
export function importJson(store: Store, text: string): number {
  const pages = [...parseExport(text)];
  store.put(pages.map(([path, theirs]) => [path, merged(store.entry(path), own(theirs))]));
  return pages.length;
}

function parseExport(text: string): Map<string, Entry> {
  let file: Record<string, unknown>;
  try {
    if (text.length > LARGEST) throw new RangeError("too long");
    file = fields(JSON.parse(text));
  } catch {
    throw new ImportError("import_json");
  }
  const { coursekit: format, pages } = file;
  if (typeof format !== "number" || !Number.isInteger(format) || format < 1) throw new ImportError("import_other");
  if (format > FORMAT) throw new ImportError("import_newer");
  let at = "";
  try {
    return toMapOf(fields(pages), (path) => (at = path));
  } catch {
    throw new ImportError(at ? "import_page" : "import_other", at);
  }
}

function toMapOf(pages: Record<string, unknown>, begin: (path: string) => void): Map<string, Entry> {
  const entries = Object.entries(pages).map(([path, value]): [string, Entry] => {
    begin(path);
    return [path, toEntry(value)];
  });
  return new Map(entries);
}

function merged(ours: Entry, theirs: Entry): Entry {
  const [older, newer] = ours.changed <= theirs.changed ? [ours, theirs] : [theirs, ours];
  const passed = [...older.exercises].filter(([, status]) => status === "passed");
  return {
    changed: newer.changed,
    exercises: new Map([...older.exercises, ...newer.exercises, ...passed]),
    predictions: new Map([...older.predictions, ...newer.predictions]),
    drafts: new Map([...older.drafts, ...newer.drafts]),
    aside: new Map(),
  };
}
