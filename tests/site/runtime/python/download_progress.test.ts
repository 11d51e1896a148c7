import assert from "node:assert/strict";
import { test } from "node:test";
import { createLoading } from "../../../../src/coursekit/site/runtime/python/download_progress.ts";
import type { Phase } from "../../../../src/coursekit/site/runtime/python/protocol.ts";

const SIZES = { "core.wasm": 6, "numpy.whl": 4, "plot.whl": 2, "broken.zip": 5 };
const HASH = "sha256-3q2+7w=="; // of nothing that is served here

/** A loading whose network serves each file as so many bytes, one by one. */
function setUp() {
  const reports: Phase[][] = [];
  const failures: string[] = [];
  const asked: (RequestInit | undefined)[] = [];
  const network: typeof fetch = async (input, init) => {
    asked.push(init);
    const name = String(input).split("/").at(-1)!;
    const size = SIZES[name as keyof typeof SIZES];
    if (size === undefined) return new Response("none", { status: 404 });
    let n = 0;
    const body = new ReadableStream({
      pull(controller) {
        if (name === "broken.zip" && n === 2) controller.error(new Error("connection lost"));
        else if (n === size) controller.close();
        else controller.enqueue(new Uint8Array([n++]));
      },
    });
    return new Response(body, { headers: { "content-type": "application/wasm" } });
  };
  const loading = createLoading({
    sizes: SIZES,
    report: (phases) => reports.push(phases),
    failed: (error) => failures.push(String(error)),
    folder: "http://localhost/course/assets/",
    network,
  });
  return { loading, failures, asked, last: () => reports.at(-1)! };
}

const at = (name: string): string => `http://localhost/course/assets/${name}`;

test("each part has its name, its bytes and their sum", async () => {
  const { loading, last } = setUp();
  loading.expect("python", ["core.wasm"]);
  loading.expect("numpy", ["numpy.whl"]);
  assert.deepEqual(last(), [
    { name: "python", loaded: 0, total: 6, done: false },
    { name: "numpy", loaded: 0, total: 4, done: false },
  ]);
  const response = await loading.fetch(at("core.wasm"));
  assert.equal((await response.arrayBuffer()).byteLength, 6);
  loading.finish("python");
  assert.deepEqual(last()[0], { name: "python", loaded: 6, total: 6, done: true });
  assert.deepEqual(last()[1], { name: "numpy", loaded: 0, total: 4, done: false });
});

test("bytes are counted as they come, and the response is still what it was", async () => {
  const { loading, last } = setUp();
  loading.expect("python", ["core.wasm"]);
  const response = await loading.fetch(at("core.wasm"));
  assert.equal(response.headers.get("content-type"), "application/wasm");
  const reader = response.body!.getReader();
  for (let n = 0; n < 3; n++) assert.deepEqual((await reader.read()).value, new Uint8Array([n]));
  loading.expect("numpy", []);
  const { loaded } = last()[0]!;
  assert.ok(loaded >= 3 && loaded <= 6, `${loaded} bytes were read or are about to be`);
});

test("a file that two parts need counts for the first", () => {
  const { loading, last } = setUp();
  loading.expect("numpy", ["numpy.whl"]);
  loading.expect("matplotlib", ["numpy.whl", "plot.whl"]);
  assert.deepEqual(last().map((phase) => phase.total), [4, 2]);
});

test("what comes after everything is there starts a new list", () => {
  const { loading, last } = setUp();
  loading.expect("numpy", ["numpy.whl"]);
  loading.finish("numpy");
  loading.expect("matplotlib", ["plot.whl"]);
  assert.deepEqual(last().map((phase) => phase.name), ["matplotlib"]);
});

test("other files pass through untouched", async () => {
  const { loading, asked, failures } = setUp();
  loading.expect("python", ["core.wasm"]);
  assert.equal((await loading.fetch(at("else.json"), { cache: "no-cache" })).status, 404);
  assert.deepEqual(asked.at(-1), { cache: "no-cache" });
  assert.deepEqual(failures, []);
});

test("a file that does not come, or not whole, is told as well as thrown", async () => {
  const { loading, failures } = setUp();
  loading.expect("python", ["gone.zip", "broken.zip"]);
  await assert.rejects(loading.fetch(at("gone.zip")), /gone\.zip: 404/);
  const broken = await loading.fetch(at("broken.zip"));
  await assert.rejects(broken.arrayBuffer(), /connection lost/);
  assert.deepEqual(failures, ["Error: /course/assets/gone.zip: 404", "Error: connection lost"]);
});

test("a file is checked against its hash here, so that its bytes can be counted", async () => {
  const { loading, asked } = setUp();
  loading.expect("numpy", ["numpy.whl"]);
  const bytes = new Uint8Array([0, 1, 2, 3]);
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
  const integrity = `sha256-${btoa(String.fromCharCode(...digest))}`;
  const response = await loading.fetch(at("numpy.whl"), { integrity });
  assert.deepEqual(new Uint8Array(await response.arrayBuffer()), bytes);
  assert.deepEqual(asked.at(-1), {}, "the browser would hold the bytes back until the end");
  await assert.rejects(loading.fetch(at("numpy.whl"), { integrity: HASH }), /numpy\.whl is not the file/);
});

test("what was asked for ahead of time is not asked for again", async () => {
  const { loading, asked, last } = setUp();
  loading.expect("python", ["core.wasm"]);
  loading.ahead([at("core.wasm")]);
  assert.equal(asked.length, 1);
  const response = await loading.fetch(at("core.wasm"));
  assert.equal((await response.arrayBuffer()).byteLength, 6);
  assert.equal(asked.length, 1);
  assert.equal(last()[0]!.name, "python");
  await (await loading.fetch(at("core.wasm"))).arrayBuffer();
  assert.equal(asked.length, 2, "a second time it is");
});

test("a file asked for ahead of time that does not come is told when it is needed", async () => {
  const { loading, failures } = setUp();
  loading.expect("python", ["gone.wasm"]);
  loading.ahead([at("gone.wasm")]);
  assert.deepEqual(failures, []);
  await assert.rejects(loading.fetch(at("gone.wasm")), /404/);
  assert.match(failures[0]!, /404/);
});
