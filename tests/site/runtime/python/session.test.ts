/**
 * Which cell runs when, how it is stopped, what runs again: a whole visit without a browser.
 *
 * Past 400 lines: as session.ts is one file, whose states are told apart only together.
 */

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { PATIENCE } from "../../../../src/coursekit/site/runtime/python/session.ts";
import { createRunningWorld, createWorld } from "./world.ts";

const ISOLATED = { isolated: true };
const PLAIN = { isolated: false };

describe("starting", () => {
  test("nothing starts before it is asked for", () => {
    assert.equal(createWorld(PLAIN).workers.length, 0);
  });

  test("coming near a cell starts one worker and fetches what that cell needs", () => {
    const world = createWorld(PLAIN);
    const prepare = (code: string) => ({ kind: "prepare", code });
    for (const code of ["import numpy", "import json", "import numpy"]) world.session.warm(code);
    assert.equal(world.workers.length, 1);
    world.worker.ready();
    assert.deepEqual(world.worker.posted, [prepare("import numpy"), prepare("import json")]);
    world.session.warm("import json");
    world.session.warm("import matplotlib");
    assert.deepEqual(world.worker.posted.slice(2), [prepare("import matplotlib")]);
  });

  test("a cell run before the worker is up waits for it and shows its phases", () => {
    const world = createWorld(PLAIN);
    world.run("a");
    assert.equal(world.state("a"), "loading");
    assert.equal(world.session.waitsFor(world.session.cell("/one/", "a")), "python");
    const phases = [{ name: "numpy", loaded: 1, total: 3, done: false }];
    world.worker.receive({ kind: "progress", id: null, phases });
    assert.deepEqual(world.session.progress("/one/").phases, phases);
    assert.deepEqual(world.worker.codes(), []);
    world.worker.ready();
    assert.deepEqual(world.worker.codes(), ["a"]);
    world.worker.complete();
    assert.equal(world.state("a"), "done");
  });

  test("cancelling while Python loads leaves the cell as it was, and the worker loading", () => {
    const world = createWorld(PLAIN);
    world.run("a");
    world.session.stop("/one/", "a");
    assert.equal(world.state("a"), "idle");
    world.worker.ready();
    assert.deepEqual(world.worker.codes(), []);
    assert.equal(world.worker.ended, false);
  });

  test("when Python cannot be loaded every waiting cell says so, and the next run tries anew", () => {
    const world = createWorld(PLAIN);
    world.run("a");
    world.run("b");
    world.worker.crash("404");
    for (const cell of ["a", "b"]) {
      assert.equal(world.state(cell), "error");
      assert.equal(world.text(cell), "failure");
    }
    world.run("b");
    world.worker.ready();
    assert.equal(world.workers.length, 2);
    assert.deepEqual(world.worker.codes(), ["b"]);
  });
});

describe("running", () => {
  test("cells run one after the other, in the order they were asked for", () => {
    const world = createRunningWorld(PLAIN);
    for (const cell of ["c", "a", "b"]) world.run(cell);
    assert.deepEqual(world.worker.codes(), ["c"]);
    assert.equal(world.state("a"), "loading");
    assert.equal(world.session.waitsFor(world.session.cell("/one/", "a")), "turn");
    for (let n = 0; n < 3; n++) world.worker.complete();
    assert.deepEqual(world.worker.codes(), ["c", "a", "b"]);
  });

  test("a cell that already runs or waits is not asked for twice", () => {
    const world = createRunningWorld(PLAIN);
    for (const cell of ["a", "a", "b", "b"]) world.run(cell);
    world.worker.complete();
    world.worker.complete();
    assert.deepEqual(world.worker.codes(), ["a", "b"]);
  });

  test("output arrives while the cell runs; chunks of one stream are one text", () => {
    const world = createRunningWorld(PLAIN);
    world.run("a");
    world.worker.begin();
    world.worker.print("1\n");
    world.worker.print("2\n");
    world.worker.output({ kind: "text", stream: "stderr", text: "careful" });
    world.worker.print("3\n");
    assert.equal(world.state("a"), "running");
    assert.equal(world.text("a"), "1\n2\n|careful|3\n");
  });

  test("the old output stays until the new run begins", () => {
    const world = createRunningWorld(PLAIN);
    world.run("a");
    world.worker.begin();
    world.worker.print("old");
    world.worker.finish();
    world.run("a");
    assert.equal(world.text("a"), "old");
    world.worker.begin();
    assert.equal(world.text("a"), "");
  });

  test("packages that a cell needs are loaded under its name, before it runs", () => {
    const world = createRunningWorld(PLAIN);
    world.run("a");
    const { id } = world.worker.runs().at(-1)!;
    world.worker.receive({ kind: "progress", id: null, phases: [] });
    assert.equal(world.state("a"), "running", "what loads is for another cell");
    world.worker.receive({ kind: "progress", id, phases: [] });
    assert.equal(world.state("a"), "loading");
    world.worker.begin();
    assert.equal(world.state("a"), "running");
  });

  test("cancelling while packages load never begins the run", () => {
    const world = createRunningWorld(PLAIN, "a");
    world.run("a", "import matplotlib");
    world.session.stop("/one/", "a");
    assert.equal(world.state("a"), "stale", "as it was before: done, with other code in the editor");
    const { id } = world.worker.runs().at(-1)!;
    assert.deepEqual(world.worker.posted.at(-1), { kind: "cancel", id });
    world.run("b");
    assert.deepEqual(world.worker.codes().slice(1), ["import matplotlib"], "b waits for it");
    world.worker.finish("stopped");
    assert.deepEqual(world.worker.codes().slice(2), ["b"]);
    assert.equal(world.workers.length, 1);
  });

  test("a cancellation that comes after the run began stops the run", () => {
    const world = createRunningWorld(PLAIN);
    world.run("a", "while True: pass");
    world.session.stop("/one/", "a");
    world.worker.begin();
    assert.equal(world.workers[0]!.ended, true);
    assert.equal(world.state("a"), "stopped");
  });

  for (const end of ["error", "stopped"] as const) {
    test(`what waits behind a run that ends "${end}" is not run, and says so`, () => {
      const world = createRunningWorld(ISOLATED);
      for (const cell of ["a", "b", "c"]) world.run(cell);
      world.worker.complete(end);
      assert.deepEqual(world.worker.codes(), ["a"]);
      assert.equal(world.state("b"), "idle");
      assert.equal(world.note("b"), "skipped");
      world.run("b");
      world.worker.complete();
      assert.equal(world.note("b"), null);
    });
  }

  test("an error that the author announced does not hold up what waits behind it", () => {
    const world = createRunningWorld(PLAIN);
    world.run("a", "1 / 0", { mayFail: true });
    world.run("b");
    world.worker.complete("error");
    assert.deepEqual(world.worker.codes(), ["1 / 0", "b"]);
  });

  test("a cell is stale while its code is not what ran, and done again when it is", () => {
    const world = createRunningWorld(PLAIN, "a");
    world.session.edit("/one/", "a", "a = 2");
    assert.equal(world.state("a"), "stale");
    world.session.edit("/one/", "a", "a");
    assert.equal(world.state("a"), "done");
  });

  test("reports of a run that is over are ignored", () => {
    const world = createRunningWorld(PLAIN, "a");
    world.worker.print("late");
    world.worker.finish("error");
    assert.equal(world.text("a"), "");
    assert.equal(world.state("a"), "done");
  });

  test("clear takes the output away, reset also the state", () => {
    const world = createRunningWorld(PLAIN);
    world.run("a", "edited");
    world.worker.begin();
    world.worker.print("out");
    world.worker.finish();
    world.session.clear("/one/", "a");
    assert.equal(world.text("a"), "");
    assert.equal(world.state("a"), "done");
    world.session.reset("/one/", "a");
    assert.equal(world.state("a"), "idle");
    assert.equal(world.session.cell("/one/", "a").draft, null);
  });
});

describe("input()", () => {
  test("a question reaches the cell and its answer the worker", () => {
    const world = createRunningWorld(ISOLATED);
    world.run("a");
    world.worker.begin();
    world.worker.ask("Name? ");
    assert.equal(world.session.cell("/one/", "a").question, "Name? ");
    world.session.answer("mira");
    assert.deepEqual(world.worker.answers, ["mira"]);
    assert.equal(world.session.cell("/one/", "a").question, null);
  });

  test("when the cell is run again after a restart, its answers are given again", () => {
    const world = createRunningWorld(ISOLATED);
    world.run("a");
    world.worker.begin();
    world.worker.ask("Name? ");
    world.session.answer("mira");
    world.worker.finish();
    world.worker.crash();
    world.run("b");
    world.worker.ready();
    world.worker.begin();
    world.worker.ask("Name? ");
    assert.deepEqual(world.worker.answers, ["mira"]);
    world.worker.ask("And? ");
    assert.equal(world.session.cell("/one/", "a").question, "And? ", "only what was not asked before");
  });
});

describe("Stop", () => {
  test("an interrupt ends the run and keeps the worker with everything in it", () => {
    const world = createRunningWorld(ISOLATED, "a");
    world.run("b");
    world.worker.begin();
    world.worker.print("partial");
    world.pass(8100);
    world.session.stop("/one/", "b");
    assert.equal(world.worker.interrupts, 1);
    world.pass(30);
    world.worker.finish("stopped", 8130);
    assert.equal(world.state("b"), "stopped");
    assert.equal(world.text("b"), "partial");
    assert.equal(world.session.cell("/one/", "b").ms, 8130);
    world.pass(10 * PATIENCE);
    assert.equal(world.workers.length, 1);
    assert.equal(world.state("a"), "done");
  });

  test("an interrupt that has not landed in time ends the worker", () => {
    const world = createRunningWorld(ISOLATED);
    world.run("a");
    world.worker.begin();
    world.worker.print("partial");
    world.session.stop("/one/", "a");
    world.pass(PATIENCE - 1);
    assert.equal(world.state("a"), "running");
    assert.equal(world.worker.ended, false);
    world.pass(1);
    assert.equal(world.workers[0]!.ended, true);
    assert.equal(world.state("a"), "stopped");
    assert.equal(world.text("a"), "partial");
    assert.equal(world.workers.length, 2, "a new worker starts at once");
    assert.equal(world.note("a"), "restarted");
  });

  test("where nothing can interrupt, the worker is ended at the click", () => {
    const world = createRunningWorld(PLAIN);
    world.run("a");
    world.worker.begin();
    world.pass(2400);
    world.session.stop("/one/", "a");
    assert.equal(world.workers[0]!.ended, true);
    assert.equal(world.state("a"), "stopped");
    assert.equal(world.session.cell("/one/", "a").ms, 2400);
  });

  test("a second click changes nothing", () => {
    const world = createRunningWorld(ISOLATED);
    world.run("a");
    world.worker.begin();
    world.session.stop("/one/", "a");
    world.pass(PATIENCE / 2);
    world.session.stop("/one/", "a");
    assert.equal(world.worker.interrupts, 1);
    world.pass(PATIENCE / 2);
    assert.equal(world.workers.length, 2);
  });

  test("a run that ends by itself after the click is simply done", () => {
    const world = createRunningWorld(ISOLATED);
    world.run("a");
    world.worker.begin();
    world.session.stop("/one/", "a");
    world.worker.finish("done");
    world.pass(PATIENCE);
    assert.equal(world.state("a"), "done");
    assert.equal(world.worker.ended, false);
  });

  test("what an ended worker still says is not heard", () => {
    const world = createRunningWorld(PLAIN);
    world.run("a");
    world.worker.begin();
    const old = world.worker;
    world.session.stop("/one/", "a");
    old.print("late");
    old.finish("done");
    assert.equal(world.text("a"), "");
    assert.equal(world.state("a"), "stopped");
  });
});

describe("running again after Python had to be started anew", () => {
  /** a, b, c ran; d loops for ever and is stopped. */
  function stopped(options = PLAIN) {
    const world = createRunningWorld(options, "b", "a", "c");
    world.run("d", "while True: pass");
    world.worker.begin();
    world.worker.print("partial");
    world.session.stop("/one/", "d");
    world.pass(PATIENCE);
    return world;
  }

  test("the cells that had run are run again in the page's order, one by one", () => {
    const world = stopped();
    assert.equal(world.note("d"), "reviving");
    assert.deepEqual(["a", "b", "c"].map((cell) => world.state(cell)), ["loading", "loading", "loading"]);
    world.worker.ready();
    assert.deepEqual(world.session.progress("/one/").again, { index: 1, of: 3 });
    world.worker.complete();
    assert.deepEqual(world.session.progress("/one/").again, { index: 2, of: 3 });
    assert.equal(world.state("a"), "done");
    world.worker.complete();
    world.worker.complete();
    assert.deepEqual(world.worker.codes(), ["a", "b", "c"]);
    assert.equal(world.session.progress("/one/").again, null);
    assert.equal(world.note("d"), "revived");
    assert.equal(world.state("d"), "stopped");
    assert.equal(world.text("d"), "partial");
  });

  test("the same holds where an interrupt did not land", () => {
    const world = stopped(ISOLATED);
    world.worker.ready();
    for (let n = 0; n < 3; n++) world.worker.complete();
    assert.deepEqual(world.worker.codes(), ["a", "b", "c"]);
  });

  test("each is run again with the code that ran, not with what the reader typed since", () => {
    const world = createRunningWorld(PLAIN, "a", "b");
    world.session.edit("/one/", "a", "a = 'typed later'");
    world.run("c", "while True: pass");
    world.worker.begin();
    world.session.stop("/one/", "c");
    world.worker.ready();
    assert.deepEqual(world.worker.codes(), ["a"]);
    world.worker.complete();
    assert.equal(world.state("a"), "stale");
  });

  test("a stopped cell that had run before is run again as it was then, without a trace", () => {
    const world = createRunningWorld(PLAIN, "a", "b");
    world.run("a", "while True: pass");
    world.worker.begin();
    world.worker.print("partial");
    world.session.stop("/one/", "a");
    world.worker.ready();
    assert.deepEqual(world.worker.codes(), ["a"], "the code that had ended");
    assert.equal(world.state("a"), "stopped");
    world.worker.begin();
    world.worker.print("whole");
    world.worker.finish();
    assert.equal(world.text("a"), "partial");
    assert.equal(world.state("a"), "stopped");
    assert.deepEqual(world.worker.codes(), ["a", "b"]);
    world.worker.complete();
    assert.equal(world.note("a"), "revived");
  });

  test("an error on the way is shown at its cell and does not hold up the others", () => {
    const world = stopped();
    world.worker.ready();
    world.worker.complete("error");
    world.worker.complete();
    world.worker.complete();
    assert.equal(world.state("a"), "error");
    assert.deepEqual(world.worker.codes(), ["a", "b", "c"]);
  });

  test("a run asked for meanwhile waits until the page is whole again", () => {
    const world = stopped();
    world.run("d", "new");
    world.worker.ready();
    for (let n = 0; n < 4; n++) world.worker.complete();
    assert.deepEqual(world.worker.codes(), ["a", "b", "c", "new"]);
    assert.equal(world.state("d"), "done");
  });

  test("calling off a run that waits for it does not call off the running again", () => {
    const world = stopped();
    world.run("d", "while True: pass");
    world.session.stop("/one/", "d");
    world.worker.ready();
    for (let n = 0; n < 3; n++) world.worker.complete();
    assert.deepEqual(world.worker.codes(), ["a", "b", "c"]);
    assert.equal(world.state("d"), "stopped");
  });

  test("cancelled while Python starts: nothing is run again, and the page says which is lost", () => {
    const world = stopped();
    world.session.forsake("/one/");
    assert.equal(world.note("d"), "forsaken");
    for (const cell of ["a", "b", "c"]) {
      assert.equal(world.state(cell), "idle");
      assert.equal(world.note(cell), "lost");
    }
    world.worker.ready();
    assert.deepEqual(world.worker.codes(), []);
    world.run("b");
    assert.deepEqual(world.worker.codes(), ["b"]);
  });

  test("cancelled by interrupt: what ran again stays, the rest is lost", () => {
    const world = stopped(ISOLATED);
    world.worker.ready();
    world.worker.complete();
    world.worker.begin();
    world.session.stop("/one/", "b");
    world.worker.finish("stopped");
    assert.deepEqual(["a", "b", "c"].map((cell) => world.state(cell)), ["done", "stopped", "idle"]);
    assert.equal(world.note("c"), "lost");
    assert.equal(world.note("d"), "forsaken");
    assert.equal(world.workers.length, 2);
  });

  test("cancelled by ending the worker: everything is lost, and nothing starts over", () => {
    const world = stopped(PLAIN);
    world.worker.ready();
    world.worker.complete();
    world.worker.begin();
    world.session.forsake("/one/");
    assert.deepEqual(["a", "b", "c"].map((cell) => world.state(cell)), ["idle", "stopped", "idle"]);
    assert.equal(world.workers.length, 3);
    world.worker.ready();
    assert.deepEqual(world.worker.codes(), []);
  });

  test("if Python does not come back the page says so, and the next run brings everything back", () => {
    const world = stopped();
    world.worker.crash("offline");
    assert.equal(world.note("d"), "unreachable");
    assert.deepEqual(["a", "b", "c"].map((cell) => world.state(cell)), ["done", "done", "done"]);
    world.run("d", "new");
    world.worker.ready();
    for (let n = 0; n < 4; n++) world.worker.complete();
    assert.deepEqual(world.worker.codes(), ["a", "b", "c", "new"]);
  });
});

describe("a crash", () => {
  test("is told at its cell, which is not run again; the others are", () => {
    const world = createRunningWorld(PLAIN, "a", "b");
    world.run("b", "boom");
    world.run("c");
    world.worker.begin();
    world.worker.print("partial");
    world.worker.crash();
    assert.equal(world.state("b"), "error");
    assert.equal(world.text("b"), "partial|failure");
    assert.equal(world.note("c"), "skipped");
    assert.equal(world.workers[0]!.ended, true);
    world.worker.ready();
    world.worker.complete();
    assert.deepEqual(world.worker.codes(), ["a"]);
    assert.equal(world.note("b"), "revived");
  });

  test("of a cell that is run again takes that cell out, so that it ends", () => {
    const world = createRunningWorld(PLAIN, "a", "b");
    world.worker.crash();
    world.run("c");
    world.worker.ready();
    world.worker.begin();
    world.worker.crash();
    assert.equal(world.state("a"), "error");
    world.worker.ready();
    for (let n = 0; n < 2; n++) world.worker.complete();
    assert.deepEqual(world.worker.codes(), ["b", "c"]);
  });

  test("while nothing runs goes unseen, and the next run brings the page back first", () => {
    const world = createRunningWorld(PLAIN, "a", "b");
    world.worker.crash();
    assert.equal(world.workers.length, 1);
    assert.equal(world.state("a"), "done");
    world.run("c");
    world.worker.ready();
    for (let n = 0; n < 3; n++) world.worker.complete();
    assert.deepEqual(world.worker.codes(), ["a", "b", "c"]);
  });
});

describe("Restart", () => {
  test("gives the page a new Python, and nothing runs again in it", () => {
    const world = createRunningWorld(PLAIN, "a", "b");
    world.session.restart("/one/");
    assert.equal(world.workers[0]!.ended, true);
    assert.deepEqual(["a", "b"].map((cell) => world.state(cell)), ["idle", "idle"]);
    world.run("c");
    world.worker.ready();
    world.worker.complete();
    assert.deepEqual(world.worker.codes(), ["c"]);
  });

  test("leaves another page's run alone: the names of its own page alone are forgotten", () => {
    const world = createRunningWorld(PLAIN, "a");
    world.run("a", "long", { page: "/two/" });
    world.worker.begin();
    world.session.restart("/one/");
    assert.deepEqual(world.worker.posted.at(-1), { kind: "forget", page: "/one/" });
    assert.equal(world.workers.length, 1);
    assert.equal(world.state("a", "/two/"), "running");
  });

  test("does not begin anew while Python still loads", () => {
    const world = createWorld(PLAIN);
    world.session.warm("import numpy");
    world.session.restart("/one/");
    assert.equal(world.workers.length, 1);
  });

  test("of a page whose cell runs ends the worker and runs nothing again", () => {
    const world = createRunningWorld(ISOLATED, "a");
    world.run("b");
    world.run("c");
    world.worker.begin();
    world.session.restart("/one/");
    assert.equal(world.workers[0]!.ended, true);
    assert.deepEqual(["a", "b", "c"].map((cell) => world.state(cell)), ["idle", "idle", "idle"]);
    world.worker.ready();
    assert.deepEqual(world.worker.codes(), []);
  });
});

describe("two pages", () => {
  /** Cell a of each page has run; the reader is on page two. */
  function two(options = PLAIN) {
    const world = createRunningWorld(options, "a");
    world.session.open("/two/", ["a", "b"]);
    world.run("a", "two a", { page: "/two/" });
    world.worker.complete();
    return world;
  }

  test("share one worker and nothing else", () => {
    const world = two();
    assert.equal(world.workers.length, 1);
    assert.deepEqual(world.worker.runs().map((run) => run.page), ["/one/", "/two/"]);
    world.session.restart("/two/");
    assert.equal(world.state("a"), "done");
    assert.equal(world.state("a", "/two/"), "idle");
  });

  test("a run goes on while the reader is elsewhere; another page's cell waits and can stop it", () => {
    const world = two();
    world.run("b", "forever");
    world.worker.begin();
    world.run("b", "two b", { page: "/two/" });
    assert.equal(world.session.waitsFor(world.session.cell("/two/", "b")), "elsewhere");
    world.session.stopRunning();
    assert.equal(world.state("b"), "stopped");
    world.worker.ready();
    world.worker.complete();
    world.worker.complete();
    assert.deepEqual(world.worker.codes(), ["two a", "two b"], "the page in sight comes back first");
  });

  test("the page out of sight comes back when one of its cells is run", () => {
    const world = two();
    world.run("b", "forever", { page: "/two/" });
    world.worker.begin();
    world.session.stop("/two/", "b");
    world.worker.ready();
    world.worker.complete();
    assert.deepEqual(world.worker.codes(), ["two a"]);
    world.session.open("/one/", ["a", "b", "c", "d"]);
    assert.equal(world.state("a"), "done", "what it shows is still what it gave");
    world.run("b");
    world.worker.complete();
    world.worker.complete();
    assert.deepEqual(world.worker.codes(), ["two a", "a", "b"]);
  });

  test("an error on one page does not drop what waits on the other", () => {
    const world = two();
    world.run("b", "one b");
    world.run("b", "two b", { page: "/two/" });
    world.worker.complete("error");
    world.worker.complete();
    assert.equal(world.state("b", "/two/"), "done");
  });
});

test("whoever shows the cells is told of every state on the way", () => {
  const world = createWorld(PLAIN);
  world.run("a");
  world.worker.ready();
  world.worker.complete();
  const states = world.changes.filter((change, n, all) => change !== all[n - 1]);
  assert.deepEqual(states, ["a loading", "a running", "a done"]);
});
