import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { reached, tally } from "../../../src/coursekit/site/runtime/course.ts";
import { ImportError, exportJson, importJson } from "../../../src/coursekit/site/runtime/export.ts";
import { createStore, hash, type Keeper } from "../../../src/coursekit/site/runtime/store.ts";

/** A storage with room for so many characters. */
class FakeStorage implements Keeper {
  readonly held = new Map<string, string>();

  constructor(public room = Infinity) {}

  get length(): number {
    return this.held.size;
  }
  key(n: number): string | null {
    return [...this.held.keys()][n] ?? null;
  }
  getItem(key: string): string | null {
    return this.held.get(key) ?? null;
  }
  removeItem(key: string): void {
    this.held.delete(key);
  }
  setItem(key: string, value: string): void {
    if (value.length > this.room) throw new Error("QuotaExceededError");
    this.held.set(key, value);
  }
}

function setUp(storage: Keeper | null = new FakeStorage()) {
  let time = 1000;
  const open = () => createStore(storage, "course", () => time++);
  return { storage, open, store: open() };
}

const ONE = "lessons/01/";
const TWO = "lessons/02/";

describe("what a reader did", () => {
  test("is there on the next visit", () => {
    const { store, open } = setUp();
    store.page(ONE).exercise("mse", "open");
    store.page(ONE).answer("speed", "It explodes");
    store.page(ONE).setDraft("fit", "w = 2", "w = 1");
    const page = open().page(ONE);
    assert.equal(page.statusOf("mse"), "open");
    assert.equal(page.answerOf("speed"), "It explodes");
    assert.equal(page.draft("fit", "w = 1"), "w = 2");
    assert.deepEqual(open().paths(), [ONE]);
  });

  test("belongs to its page and to this course", () => {
    const { store, storage } = setUp();
    store.page(ONE).exercise("mse", "passed");
    assert.equal(store.page(TWO).statusOf("mse"), null);
    assert.deepEqual(createStore(storage, "other").paths(), []);
  });

  test("may be called as anything in JavaScript is", () => {
    const { store, open } = setUp();
    for (const id of ["constructor", "__proto__", "to-string"]) {
      assert.equal(store.page(ONE).statusOf(id), null);
      store.page(ONE).exercise(id, "open");
      assert.equal(open().page(ONE).statusOf(id), "open");
    }
  });

  test("stays passed once it passed", () => {
    const { store } = setUp();
    store.page(ONE).exercise("mse", "passed");
    store.page(ONE).exercise("mse", "open");
    assert.equal(store.page(ONE).statusOf("mse"), "passed");
  });

  test("leaves no trace when it is taken back", () => {
    const { store, storage } = setUp();
    store.page(ONE).setDraft("fit", "w = 2", "w = 1");
    store.page(ONE).setDraft("fit", "w = 1", "w = 1");
    assert.equal(storage!.length, 0);
  });

  test("is one page's or all pages' to reset", () => {
    const { store, storage } = setUp();
    for (const path of [ONE, TWO, "gallery/"]) store.page(path).answer("a", "1");
    storage!.setItem("someone else's", "1");
    store.resetPage(ONE);
    assert.deepEqual(store.paths(), ["gallery/", TWO]);
    store.resetAll();
    assert.deepEqual(store.paths(), []);
    assert.equal(storage!.length, 1);
  });
});

test("a draft is dropped when the page has a new original", () => {
  const { store } = setUp();
  store.page(ONE).setDraft("fit", "w = 2", "w = 1");
  assert.equal(store.page(ONE).draft("fit", "w = 1.5"), null);
  assert.equal(store.page(ONE).draft("fit", "w = 1"), null);
});

test("a hash tells codes apart", () => {
  assert.equal(hash("w = 1"), hash("w = 1"));
  const codes = ["", "w = 1", "w = 2", "w = 1 ", "1 = w"];
  assert.equal(new Set(codes.map(hash)).size, codes.length);
});

describe("two tabs", () => {
  test("do not write over each other", () => {
    const { open } = setUp();
    const [one, other] = [open(), open()];
    one.page(ONE).exercise("mse", "passed");
    other.page(ONE).exercise("fit", "open");
    one.page(ONE).answer("speed", "slow");
    assert.deepEqual([...other.page(ONE).entry().exercises], [["mse", "passed"], ["fit", "open"]]);
    assert.equal(other.page(ONE).answerOf("speed"), "slow");
  });

  test("hear of each other", () => {
    const { store, storage } = setUp();
    const heard: (string | null)[] = [];
    const stop = store.onChange((path) => heard.push(path));
    store.page(TWO).answer("a", "1");
    store.page(TWO).answer("a", "1"); // nothing new
    store.heard((storage as FakeStorage).key(0));
    store.heard("someone else's");
    store.heard(null);
    stop();
    store.resetAll();
    assert.deepEqual(heard, [TWO, TWO, null]);
  });
});

describe("where nothing can be kept", () => {
  const denied = new Proxy({} as Keeper, {
    get() {
      throw new Error("SecurityError");
    },
  });
  for (const [what, storage] of [["no storage", null], ["a denied one", denied]] as const) {
    test(`the page goes on with ${what}, and it is said`, () => {
      const { store, open } = setUp(storage);
      assert.equal(store.trouble, "denied");
      store.page(ONE).exercise("mse", "passed");
      assert.equal(store.page(ONE).statusOf("mse"), "passed");
      assert.deepEqual(store.paths(), [ONE]);
      store.resetAll();
      assert.deepEqual(store.paths(), []);
      assert.deepEqual(open().paths(), []);
    });
  }

  test("a full storage is said, until there is room again", () => {
    const storage = new FakeStorage(200);
    const { store, open } = setUp(storage);
    store.page(ONE).exercise("mse", "passed");
    assert.equal(store.trouble, null);
    store.page(ONE).setDraft("fit", "x".repeat(300), "");
    assert.equal(store.trouble, "full");
    assert.equal(store.page(ONE).draft("fit", ""), "x".repeat(300));
    assert.equal(open().page(ONE).statusOf("mse"), "passed"); // what was kept before is still kept
    store.page(ONE).setDraft("fit", "x", "");
    assert.equal(store.trouble, null);
    assert.equal(open().page(ONE).draft("fit", ""), "x");
  });

  test("what is no entry of ours is as if nothing were there", () => {
    const { store, storage } = setUp();
    for (const text of ["{", "[]", '{"exercises": {"a": "great"}}', '{"drafts": {"a": "x"}}', '{"changed": "x"}']) {
      storage!.setItem(`course:1:${ONE}`, text);
      assert.equal(store.page(ONE).entry().exercises.size, 0, text);
      assert.equal(store.page(ONE).draft("a", ""), null, text);
    }
  });
});

describe("code from a link", () => {
  test("lays the reader's own aside, once, and gives it back", () => {
    const { store } = setUp();
    const page = store.page(ONE);
    page.setDraft("fit", "mine", "original");
    for (const guest of ["first link", "second link"]) {
      page.layAside(["fit", "plot"]);
      page.setDraft("fit", guest, "original");
      page.setDraft("plot", guest, "original");
    }
    assert.deepEqual(page.guests(), ["fit", "plot"]);
    page.putBack();
    assert.deepEqual([page.draft("fit", "original"), page.draft("plot", "original")], ["mine", null]);
    assert.deepEqual(page.guests(), []);
  });

  test("may be kept", () => {
    const { store } = setUp();
    const page = store.page(ONE);
    page.layAside(["fit"]);
    page.setDraft("fit", "theirs", "original");
    page.adopt();
    assert.deepEqual([page.draft("fit", "original"), page.guests()], ["theirs", []]);
  });

  test("is not exported: what was laid aside is", () => {
    const { store, open } = setUp();
    store.page(ONE).setDraft("fit", "mine", "original");
    store.page(ONE).layAside(["fit"]);
    store.page(ONE).setDraft("fit", "theirs", "original");
    const file = exportJson(store);
    store.resetAll();
    importJson(open(), file);
    assert.equal(store.page(ONE).draft("fit", "original"), "mine");
  });
});

describe("a file", () => {
  test("takes everything to another machine", () => {
    const [here, there] = [setUp().store, setUp().store];
    here.page(ONE).exercise("mse", "passed");
    here.page(TWO).answer("speed", "slow");
    here.page(TWO).setDraft("fit", "w = 2", "w = 1");
    assert.equal(importJson(there, exportJson(here)), 2);
    assert.equal(there.page(ONE).statusOf("mse"), "passed");
    assert.equal(there.page(TWO).answerOf("speed"), "slow");
    assert.equal(there.page(TWO).draft("fit", "w = 1"), "w = 2");
  });

  test("meets what is there: passed wins, and else the page changed later", () => {
    const { store } = setUp();
    const page = store.page(ONE);
    page.exercise("mse", "passed");
    page.answer("speed", "old");
    page.answer("kept", "old");
    const file = JSON.parse(exportJson(store));
    const theirs = file.pages[ONE];
    Object.assign(theirs, { exercises: { mse: "open", fit: "open" }, predictions: { speed: "new" } });
    for (const [changed, speed] of [[0, "old"], [1e15, "new"]] as const) {
      theirs.changed = changed;
      importJson(store, JSON.stringify(file));
      assert.deepEqual([page.statusOf("mse"), page.statusOf("fit")], ["passed", "open"]);
      assert.deepEqual([page.answerOf("speed"), page.answerOf("kept")], [speed, "old"]);
    }
  });

  const BROKEN: [what: string, text: string, key: string, page?: string][] = [
    ["not JSON", "{", "import_json"],
    ["not an object", "[1]", "import_json"],
    ["far too long", " ".repeat(5_000_001), "import_json"],
    ["another program's", '{"pages": {}}', "import_other"],
    ["empty of pages", '{"coursekit": 1}', "import_other"],
    ["from a newer edition", '{"coursekit": 2, "pages": {}}', "import_newer"],
    ["damaged in one page", '{"coursekit": 1, "pages": {"a/": {}, "b/": {"exercises": {"x": "great"}}}}', "import_page", "b/"],
    ["damaged in one draft", '{"coursekit": 1, "pages": {"a/": {"drafts": {"x": {"of": "", "code": 3}}}}}', "import_page", "a/"],
  ];
  for (const [what, text, key, page = ""] of BROKEN) {
    test(`that is ${what} is refused and changes nothing`, () => {
      const { store } = setUp();
      store.page(ONE).answer("a", "1");
      const before = exportJson(store).replace(/"exported".*/, "");
      assert.throws(() => importJson(store, text), (error: ImportError) => {
        return error instanceof ImportError && error.key === key && error.page === page;
      });
      assert.equal(exportJson(store).replace(/"exported".*/, ""), before);
    });
  }
});

describe("a page", () => {
  const { store } = setUp();
  const todo = { exercises: [{ id: "mse" }, { id: "fit" }], predictions: ["speed"] };
  const page = store.page(ONE);
  const now = () => tally(todo, page.entry());

  test("is not begun, begun, and done when its exercises are passed", () => {
    assert.equal(now().state, null);
    page.answer("speed", "slow");
    page.answer("gone from the page", "1");
    assert.deepEqual(now(), { exercises: { done: 0, of: 2 }, predictions: { done: 1, of: 1 }, state: "half" });
    page.exercise("mse", "passed");
    page.exercise("fit", "open");
    assert.deepEqual([now().exercises.done, now().state], [1, "half"]);
    page.exercise("fit", "passed");
    assert.equal(now().state, "done");
  });

  test("without exercises is done when all is answered", () => {
    assert.equal(tally({ exercises: [], predictions: ["speed"] }, page.entry()).state, "done");
    assert.equal(tally({ exercises: [], predictions: [] }, page.entry()).state, "half");
  });
});

test("the ink goes as far as no lesson was left out", () => {
  assert.equal(reached(["done", "done", "half", "done"]), 2);
  assert.equal(reached([null, "done"]), 0);
  assert.equal(reached(["done", "done"]), 2);
});
