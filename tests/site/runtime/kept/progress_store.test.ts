import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { exportJson, importJson } from "../../../../src/coursekit/site/runtime/kept/export_import.ts";
import { createStore, hash, type Keeper } from "../../../../src/coursekit/site/runtime/kept/progress_store.ts";
import { FakeStorage, ONE, TWO, setUp } from "./storage.ts";

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
