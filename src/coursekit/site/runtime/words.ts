/** What the runtime says to a reader, in the page's language. */

import en from "../words/en.json";

export type Key = keyof typeof en;
export type Words = (key: Key, values?: Record<string, string | number>) => string;

const BOOKS: Record<string, Partial<typeof en>> = { en };

/** The words of a language; English where it has none of its own. */
export function wordsOf(language: string): Words {
  const book = { ...en, ...BOOKS[language.split("-")[0]!] };
  return (key, values = {}) =>
    (book[key] ?? key).replace(/\{(\w+)\}/g, (_, name: string) => String(values[name]));
}

/** A length of time: "38 ms", "2.4 s", "1 min 12 s". */
export function duration(ms: number, words: Words): string {
  if (ms < 1000) return words("milliseconds", { n: Math.max(1, Math.round(ms)) });
  const seconds = Math.round(ms / 100) / 10;
  if (seconds < 60) return words("seconds", { n: seconds.toFixed(1) });
  const whole = Math.round(ms / 1000);
  return words("minutes", { m: Math.floor(whole / 60), s: whole % 60 });
}

/** Bytes as megabytes with one decimal: "2.1". */
export function megabytes(bytes: number): string {
  return (bytes / 1e6).toFixed(1);
}
