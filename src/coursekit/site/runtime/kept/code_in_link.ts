/**
 * The edited code of a page as the end of a link: JSON, deflated, in the letters of a URL. No DOM.
 *
 * A link comes from anyone. What is not exactly a few texts for cells of this page is refused, and
 * nothing is inflated further than a page of code can need.
 */

import { LINK } from "./progress_store.ts";

export const LARGEST = 200_000; // bytes of JSON

const VERSION = "1.";

/** The code of some cells, by name. */
export type Codes = Map<string, string>;

/** A link that cannot be opened; the message is a key of the words. */
export class LinkError extends Error {
  constructor(readonly key: "link_broken" | "link_long" | "link_other") {
    super(key);
  }
}

/** The hash of a link. Throws LinkError when the code is too long for one. */
export async function pack(codes: Codes): Promise<string> {
  const json = new TextEncoder().encode(JSON.stringify(Object.fromEntries(codes)));
  if (json.length > LARGEST) throw new LinkError("link_long");
  const bytes = await collect(through(json, new CompressionStream("deflate-raw")), Infinity);
  return LINK + VERSION + toText(bytes);
}

/** The code in a link's hash, for cells of the page alone. Throws LinkError. */
export async function unpack(hash: string, cells: ReadonlySet<string>): Promise<Codes> {
  const text = hash.slice(LINK.length);
  if (!hash.startsWith(LINK) || !text.startsWith(VERSION)) throw new LinkError("link_broken");
  if (text.length > 2 * LARGEST) throw new LinkError("link_long");
  let value: unknown;
  try {
    const bytes = toBytes(text.slice(VERSION.length));
    const json = await collect(through(bytes, new DecompressionStream("deflate-raw")), LARGEST);
    value = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(json));
  } catch (error) {
    throw error instanceof LinkError ? error : new LinkError("link_broken");
  }
  if (typeof value !== "object" || value === null || Array.isArray(value)) throw new LinkError("link_broken");
  const codes: Codes = new Map();
  for (const [cell, code] of Object.entries(value)) {
    if (typeof code !== "string") throw new LinkError("link_broken");
    if (!cells.has(cell)) throw new LinkError("link_other");
    codes.set(cell, code);
  }
  if (codes.size === 0) throw new LinkError("link_broken");
  return codes;
}

function through(bytes: Uint8Array<ArrayBuffer>, by: CompressionStream | DecompressionStream): ReadableStream<Uint8Array> {
  return new Blob([bytes]).stream().pipeThrough(by);
}

/** All bytes of a stream, which is ended as soon as it is longer than `most`. */
async function collect(stream: ReadableStream<Uint8Array>, most: number): Promise<Uint8Array> {
  const parts: Uint8Array[] = [];
  let length = 0;
  for (const reader = stream.getReader(); ; ) {
    const { done, value } = await reader.read();
    if (done) break;
    length += value.length;
    if (length > most) {
      reader.cancel().catch(() => undefined);
      throw new LinkError("link_long");
    }
    parts.push(value);
  }
  const whole = new Uint8Array(length);
  for (let at = 0; parts[0]; ) {
    const part = parts.shift()!;
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

function toText(bytes: Uint8Array): string {
  const letters = Array.from(bytes, (byte) => String.fromCharCode(byte)).join("");
  return btoa(letters).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}

function toBytes(text: string): Uint8Array<ArrayBuffer> {
  if (!/^[\w-]+$/.test(text)) throw new LinkError("link_broken");
  const letters = atob(text.replaceAll("-", "+").replaceAll("_", "/"));
  return Uint8Array.from(letters, (letter) => letter.charCodeAt(0));
}
