/** What the runtime says to a reader, in the page's language. */

import type more from "../../words/en-more.json";
import en from "../../words/en.json";

export type Key = keyof typeof en | keyof typeof more;
export type Words = (key: Key, values?: Record<string, string | number>) => string;
type Book = Partial<Record<Key, string>>;

const BOOKS: Record<string, Book> = { en };

/** More words of a language: they come with the module that says them (words_later.ts). */
export function learn(language: string, book: Book): void {
  BOOKS[language] = { ...BOOKS[language], ...book };
}

/** The words of a language; English where it has none of its own. */
export function wordsOf(language: string): Words {
  const own = language.split("-")[0]!;
  return (key, values = {}) =>
    (BOOKS[own]?.[key] ?? BOOKS["en"]![key] ?? key).replace(/\{(\w+)\}/g, (_, name: string) => String(values[name]));
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
