/**
 * The service worker: answers with the course's files where there is no network, or they are here.
 *
 * service_worker.py writes COURSE, every file of one version with its hash, in front of this
 * script. A page gets the files of this version, from the cache or from the host; what the host
 * sends is kept when it is of this version, and passed on as it is. That pages and scripts of two
 * versions never meet is not done here: a version's scripts have a folder of their own
 * (version_folder.py), and a page that comes by instant navigation is looked at first
 * (before_material.ts).
 *
 * A new version waits until no page of the old one is open, or until a reader asks for it; pages
 * that are open then go on with the old one's files, which stay until the last such page is closed.
 */

import { ALL, OLD, createFileCache, inLanes, type Course } from "./file_cache.ts";

declare const COURSE: Course;
declare const self: ServiceWorkerGlobalScope;

/** Page -> service worker. */
export type Order =
  | { kind: "keep"; addresses: string[] } // what a page used before it was under a service worker
  | { kind: "course" } // answer with COURSE on the port that comes along
  | { kind: "activate" };

const LANES = 6;
const EDITION = /\/assets\/coursekit-[0-9a-f]{12}\//;

const root = new URL(self.registration.scope);
const files = createFileCache(COURSE, root, { caches, fetch: fetch.bind(self) });
let asked = false; // whether there is a newer version

/** What every page needs, at once or not at all; then, as far as it goes, what the reader had. */
async function install(): Promise<void> {
  await inLanes(COURSE.shell, LANES, (path) => files.keep(path));
  const all = (await files.note(ALL)) !== null;
  const had = (await files.addresses()).map((address) => files.pathOf(address)!);
  await keepAll(all ? files.paths() : had);
}

/** A file that does not come is no trouble: it is fetched when it is asked for. */
async function keepAll(paths: string[]): Promise<void> {
  const known = new Set(paths.filter(files.has));
  await inLanes(known, LANES, (path) => files.keep(path).catch(() => undefined));
}

async function activate(): Promise<void> {
  const windows = await self.clients.matchAll({ type: "window" });
  await files.setNote(OLD, JSON.stringify(windows.map(({ id }) => id)));
  await sweep();
}

/** Takes away the files of earlier versions when no page of theirs is open. */
async function sweep(): Promise<void> {
  const old = await files.note(OLD);
  if (old === null) return;
  const ids = new Set(JSON.parse(old) as string[]);
  const known = await files.addresses();
  const { installing, waiting } = self.registration; // has begun to keep its own
  if (installing || waiting) return;
  if ((await self.clients.matchAll({ type: "window" })).some(({ id }) => ids.has(id))) return;
  await files.retain(files.paths(), known);
  await files.setNote(OLD, null);
}

async function answer(event: FetchEvent, path: string): Promise<Response> {
  const { request } = event;
  const kept = await files.find(path).catch(() => undefined);
  if (kept) return kept;
  const response = await ask(request);
  if (response.status === 200 && response.type === "basic") {
    event.waitUntil(keepCopy(path, response.clone()));
  }
  return response;
}

async function keepCopy(path: string, response: Response): Promise<void> {
  const ours = await files.put(path, response).catch(() => true); // broke off, or there is no room
  if (!ours) await lookForUpdate();
}

/** The host's answer; in its place a page that says what is missing, where a page was wanted. */
async function ask(request: Request): Promise<Response> {
  try {
    return await fetch(request);
  } catch (error) {
    const page = request.mode === "navigate" && (await files.find("offline.html").catch(() => undefined));
    if (page) return atAnyAddress(page);
    throw error;
  }
}

/** offline.html is written for the site's root, and is shown in the place of any page. */
async function atAnyAddress(page: Response): Promise<Response> {
  const text = await page.text();
  const here = text
    .replace(/ (href|src)="(?![a-z]+:|[/#])/g, ` $1="${root.pathname}`)
    .replace(/"(base|search)": "\./g, `"$1": "${root.pathname}.`); // Material's own settings
  return new Response(here, { status: 503, statusText: "Offline", headers: page.headers });
}

async function lookForUpdate(): Promise<void> {
  if (asked) return;
  asked = true;
  await self.registration.update().catch(() => undefined); // no network
}

self.addEventListener("install", (event) => event.waitUntil(install()));
self.addEventListener("activate", (event) => event.waitUntil(activate()));

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const path = files.pathOf(request.url);
  if (path === null || request.method !== "GET" || request.headers.has("range")) return;
  if (files.has(path)) return event.respondWith(answer(event, path));
  if (request.mode === "navigate") {
    const url = new URL(request.url);
    const folder = files.has(`${path}/index.html`); // as hosts do it
    if (folder) url.pathname += "/";
    return event.respondWith(folder ? Response.redirect(url.href) : ask(request));
  }
  if (EDITION.test(request.url)) {
    event.respondWith(files.findOld(request.url).then((kept) => kept ?? fetch(request)));
  }
});

self.addEventListener("message", (event) => {
  const order = event.data as Order;
  if (order.kind === "activate") event.waitUntil(self.skipWaiting());
  if (order.kind === "course") event.ports[0]?.postMessage(COURSE);
  if (order.kind === "keep") {
    const paths = order.addresses.filter((each) => URL.canParse(each)).map(files.pathOf).filter((path) => path !== null);
    event.waitUntil(keepAll(paths).then(sweep));
  }
});
