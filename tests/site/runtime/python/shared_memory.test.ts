import assert from "node:assert/strict";
import { test } from "node:test";
import { Worker } from "node:worker_threads";
import * as shared from "../../../../src/coursekit/site/runtime/python/shared_memory.ts";

test("there is none where the page is not isolated", () => {
  assert.equal(shared.createShared(false), null);
});

test("an answer reaches whoever waits for it, whatever its script", () => {
  const memory = shared.createShared(true)!;
  shared.calm(memory);
  for (const text of ["mira", "", "Łódź 世界 🙂"]) {
    shared.answer(memory, text);
    assert.equal(shared.waitForAnswer(memory), text);
  }
});

test("an answer longer than the memory is cut, not refused", () => {
  const memory = shared.createShared(true)!;
  shared.calm(memory);
  shared.answer(memory, "a".repeat(100_000));
  assert.match(shared.waitForAnswer(memory)!, /^a{65536}$/);
});

test("stopping ends the wait without an answer, and the next run begins calm", () => {
  const memory = shared.createShared(true)!;
  shared.calm(memory);
  shared.interrupt(memory);
  assert.equal(memory.interrupt[0], 2);
  assert.equal(shared.waitForAnswer(memory), null);
  shared.calm(memory);
  assert.equal(memory.interrupt[0], 0);
  shared.answer(memory, "yes");
  assert.equal(shared.waitForAnswer(memory), "yes");
});

test("the wait lasts until the other thread answers", async () => {
  const memory = shared.createShared(true)!;
  shared.calm(memory);
  const wait = `
    const { parentPort, workerData: length } = require("node:worker_threads");
    parentPort.postMessage("waiting");
    parentPort.postMessage(Atomics.wait(length, 0, -1));
  `;
  const worker = new Worker(wait, { eval: true, workerData: memory.length });
  const said = await new Promise<unknown[]>((resolve) => {
    const heard: unknown[] = [];
    worker.on("message", (message) => {
      heard.push(message);
      if (message === "waiting") shared.answer(memory, "mira");
      else resolve(heard);
    });
  });
  assert.equal(said[0], "waiting");
  assert.equal(memory.length[0], 4);
});
