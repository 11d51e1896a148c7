import assert from "node:assert/strict";
import { test } from "node:test";
import { OtherVersion, createFileCache, hashOf, inLanes, type Course } from "../../../../src/coursekit/site/runtime/offline/file_cache.ts";

const ROOT = new URL("http://localhost/course/");

/** As much of a browser's cache as is used. */
function fakeCaches() {
  const held = new Map<string, Response>();
  const bare = (url: string): string => url.split("?")[0]!;
  const cache = {
    match: async (url: string, { ignoreSearch = false } = {}) =>
      [...held].find(([key]) => (ignoreSearch ? bare(key) === bare(url) : key === url))?.[1].clone(),
    put: async (url: string, response: Response) => void held.set(url, response),
    delete: async (url: string) => held.delete(url),
    keys: async () => [...held.keys()].map((url) => ({ url })),
  };
  return { held, open: async () => cache as unknown as Cache };
}

/** A course of these files, on a host that has those. */
async function setUp(files: Record<string, string>, caches = fakeCaches(), host: Record<string, string[]> = {}) {
  const listed: Course["files"] = {};
  for (const [path, text] of Object.entries(files)) listed[path] = [await hashOf(new Blob([text])), text.length];
  const asked: string[] = [];
  const fetch = (async (input: string, init: RequestInit = {}) => {
    const path = String(input).slice(ROOT.href.length);
    asked.push(`${init.cache} ${path}`);
    const text = host[path] ? host[path].shift() : (files[path] ?? files[`${path}index.html`]);
    if (text === undefined) return new Response("", { status: 404 });
    return new Response(text, { headers: { "content-encoding": "gzip", "cross-origin-opener-policy": "same-origin" } });
  }) as typeof globalThis.fetch;
  return { asked, caches, files: createFileCache({ version: "", shell: [], files: listed }, ROOT, { caches, fetch }) };
}

test("an address is a path of the course, whatever comes after it, or none", async () => {
  const { files } = await setUp({});
  const paths = {
    "http://localhost/course/": "index.html",
    "http://localhost/course/a/?x=1#y": "a/index.html",
    "http://localhost/course/a%20b.txt": "a b.txt",
    "http://localhost/course/%E0": "%E0",
    "http://localhost/other/": null,
    "http://elsewhere/course/": null,
    "blob:http://localhost/1": null,
  };
  for (const [address, path] of Object.entries(paths)) assert.equal(files.pathOf(address), path, address);
});

test("a file is fetched once, and keeps the headers that are true of it", async () => {
  const { files, asked } = await setUp({ "a/index.html": "page" });
  await files.keep("a/index.html");
  await files.keep("a/index.html");
  assert.deepEqual(asked, ["default a/"]);
  const found = (await files.find("a/index.html"))!;
  assert.equal(await found.text(), "page");
  assert.equal(found.headers.get("cross-origin-opener-policy"), "same-origin");
  assert.equal(found.headers.get("content-encoding"), null);
  assert.deepEqual([...(await files.kept())], ["a/index.html"]);
});

test("what the browser's own cache has of an older version is fetched past it", async () => {
  const { files, asked } = await setUp({ "a.js": "new" }, fakeCaches(), { "a.js": ["old!", "new"] });
  const bytes: number[] = [];
  await files.keep("a.js", { arrived: (n) => bytes.push(n) });
  assert.deepEqual(asked, ["default a.js", "reload a.js"]);
  assert.equal(bytes.reduce((a, b) => a + b), 3);
});

test("a file of another version is refused, and not kept", async () => {
  const { files } = await setUp({ "a.js": "mine" }, fakeCaches(), { "a.js": ["other", "other"] });
  await assert.rejects(files.keep("a.js"), OtherVersion);
  assert.equal(await files.find("a.js"), undefined);
});

test("two versions share what is the same, under any name, and never answer for each other", async () => {
  const { caches, files: one } = await setUp({ "one/a.js": "same", "b.js": "one" });
  for (const path of one.paths()) await one.keep(path);
  const { asked, files: two } = await setUp({ "two/a.js": "same", "b.js": "two" }, caches);
  assert.equal(await two.find("b.js"), undefined);
  for (const path of two.paths()) await two.keep(path);
  assert.deepEqual(asked, ["default b.js"]);
  assert.deepEqual(
    await Promise.all([one, two].map(async (files) => (await files.find("b.js"))!.text())),
    ["one", "two"],
  );
  assert.equal(await (await two.findOld(`${ROOT.href}one/a.js`))!.text(), "same");
});

test("what is retained, and notes, are all that stays of what was known", async () => {
  const { files, caches } = await setUp({ "a.js": "a", "b.js": "b" });
  for (const path of files.paths()) await files.keep(path);
  await files.setNote("?all", "");
  const known = await files.addresses();
  await caches.open().then((cache) => cache.put(`${ROOT.href}later.js?1`, new Response("")));
  await files.retain(["a.js"], known);
  assert.deepEqual([...(await files.kept())], ["a.js"]);
  assert.equal(await files.note("?all"), "");
  assert.ok(caches.held.has(`${ROOT.href}later.js?1`));
  await files.setNote("?all", null);
  assert.equal(await files.note("?all"), null);
});

test("some at a time, and all of them", async () => {
  let [now, most] = [0, 0];
  const done: number[] = [];
  await inLanes([1, 2, 3, 4, 5], 2, async (n) => {
    most = Math.max(most, ++now);
    await Promise.resolve();
    done.push(n);
    now -= 1;
  });
  assert.deepEqual([done.sort(), most], [[1, 2, 3, 4, 5], 2]);
});
