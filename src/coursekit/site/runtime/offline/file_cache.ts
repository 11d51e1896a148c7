/**
 * The files of one version of the course, kept by the browser for a visit without a network.
 *
 * One cache for each course of a host. A file lies there under its address and a hash of its
 * content: two versions can share the cache, neither is ever answered with a file of the other, and
 * a new one fetches only what has changed. Used by the service worker (service_worker.ts) and by
 * the page that takes everything (download_all.ts). No DOM: the browser's cache and network are
 * handed in.
 */

/** One version, as service_worker.py wrote it down. */
export interface Course {
  version: string;
  shell: string[]; // what every page needs, by path
  files: Record<string, [hash: string, bytes: number]>; // by path from the site's root
}

/** What is used of the browser. */
export interface World {
  caches: Pick<CacheStorage, "open">;
  fetch: typeof fetch;
}

export interface Keeping {
  signal?: AbortSignal;
  arrived?(bytes: number): void; // negative: what came is not of this version, and comes again
}

/** The host has another file at this place: the site was changed since this version. */
export class OtherVersion extends Error {}

/** Notes that lie between the files, each under `root` and its name. */
export const ALL = "?all"; // the reader has the whole course
export const OLD = "?old"; // the windows that were open when the newest version began, by id
const ANY = { ignoreSearch: true, ignoreVary: true };
const UNTRUE = ["content-encoding", "content-length", "vary"]; // of a body that was unpacked

/** The name of a course's cache; each course of a host has its own. */
export const cacheOf = (root: URL): string => `coursekit:${root.pathname}`;

export type FileCache = ReturnType<typeof createFileCache>;

/** `root` is the address of the course's first page. */
export function createFileCache({ files: listed, shell }: Course, root: URL, world: World) {
  const files = new Map(Object.entries(listed));
  const open = (): Promise<Cache> => world.caches.open(cacheOf(root));
  let twins: Promise<Map<string, string>> | null = null; // hash -> where such a file is kept

  function pathOf(address: string): string | null {
    const { origin, pathname } = new URL(address);
    if (origin !== root.origin || !pathname.startsWith(root.pathname)) return null;
    const path = decoded(pathname.slice(root.pathname.length));
    return path === "" || path.endsWith("/") ? `${path}index.html` : path;
  }

  function addressOf(path: string): string {
    const parts = path.split("/").map(encodeURIComponent).join("/");
    return new URL(parts.replace(/(^|\/)index\.html$/, "$1") || ".", root).href;
  }

  const keyOf = (path: string): string => `${addressOf(path)}?${files.get(path)![0]}`;

  async function find(path: string): Promise<Response | undefined> {
    return (await open()).match(keyOf(path), { ignoreVary: true });
  }

  /** Of an earlier version, whose page is still open. */
  async function findOld(address: string): Promise<Response | undefined> {
    return (await open()).match(address, ANY);
  }

  /** Keeps a file that came from the host; false where it is not of this version. */
  async function put(path: string, response: Response, arrived?: Keeping["arrived"]): Promise<boolean> {
    const body = await read(response, arrived);
    const wanted = files.get(path)![0];
    if ((await hashOf(body)) !== wanted) return false;
    const headers = new Headers(response.headers);
    for (const header of UNTRUE) headers.delete(header);
    await (await open()).put(keyOf(path), new Response(body, { headers }));
    return true;
  }

  async function copyTwin(path: string): Promise<boolean> {
    const cache = await open();
    twins ??= cache.keys().then((keys) => new Map(keys.map(({ url }) => [new URL(url).search, url])));
    const twin = (await twins).get(`?${files.get(path)![0]}`);
    const response = twin && (await cache.match(twin, { ignoreVary: true }));
    return response ? put(path, response) : false;
  }

  /** Has a file lie here: as it was, from another place, from the browser's own cache, or fetched. */
  async function keep(path: string, { signal, arrived }: Keeping = {}): Promise<void> {
    if ((await find(path)) || (await copyTwin(path))) return;
    for (const cache of ["default", "reload"] as const) {
      const response = await world.fetch(addressOf(path), signal ? { cache, signal } : { cache });
      if (!response.ok) throw new Error(`${response.status}: ${path}`);
      let sum = 0;
      const count = (bytes: number): void => {
        sum += bytes;
        arrived?.(bytes);
      };
      if (await put(path, response, count)) return;
      arrived?.(-sum);
    }
    throw new OtherVersion(path);
  }

  async function addresses(): Promise<string[]> {
    return (await (await open()).keys()).map(({ url }) => url);
  }

  /** The paths of this version that lie here. */
  async function kept(): Promise<Set<string>> {
    const there = new Set(await addresses());
    return new Set([...files.keys()].filter((path) => there.has(keyOf(path))));
  }

  return {
    pathOf,
    find,
    findOld,
    put,
    keep,
    kept,
    addresses,
    shell,
    has: (path: string): boolean => files.has(path),
    bytes: (path: string): number => files.get(path)?.[1] ?? 0,
    paths: (): string[] => [...files.keys()],

    /** Takes away what is neither one of these paths nor a note; `known` says what there was. */
    async retain(paths: Iterable<string>, known: string[]): Promise<void> {
      const cache = await open();
      const keep = new Set([...paths].map(keyOf));
      twins = null;
      await Promise.all(known.filter((url) => !keep.has(url) && !isNote(url)).map((url) => cache.delete(url)));
    },

    async note(name: typeof ALL | typeof OLD): Promise<string | null> {
      return (await (await open()).match(root.href + name))?.text() ?? null;
    },
    async setNote(name: typeof ALL | typeof OLD, text: string | null): Promise<void> {
      const cache = await open();
      if (text === null) await cache.delete(root.href + name);
      else await cache.put(root.href + name, new Response(text));
    },
  };

  function isNote(url: string): boolean {
    return url === root.href + ALL || url === root.href + OLD;
  }
}

/** Does something with each item, some at a time. */
export async function inLanes<T>(items: Iterable<T>, lanes: number, act: (item: T) => Promise<void>): Promise<void> {
  const rest = [...items];
  const lane = async (): Promise<void> => {
    for (let item = rest.shift(); item !== undefined; item = rest.shift()) await act(item);
  };
  await Promise.all(Array.from({ length: lanes }, lane));
}

async function read(response: Response, arrived: Keeping["arrived"]): Promise<Blob> {
  const parts: Uint8Array<ArrayBuffer>[] = [];
  const reader = response.body?.getReader();
  for (let part = await reader?.read(); part && !part.done; part = await reader!.read()) {
    parts.push(part.value);
    arrived?.(part.value.byteLength);
  }
  return new Blob(parts, { type: response.headers.get("content-type") ?? "" });
}

/** The first 12 letters of the SHA-256 in base64, as service_worker.py has it. */
export async function hashOf(body: Blob): Promise<string> {
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", await body.arrayBuffer()));
  return btoa(String.fromCharCode(...digest.slice(0, 9))).replaceAll("+", "-").replaceAll("/", "_");
}

function decoded(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    return path; // no text in UTF-8, so no file of ours
  }
}
