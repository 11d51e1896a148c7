import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { ImportError, exportJson, importJson } from "../../../../src/coursekit/site/runtime/kept/export_import.ts";
import { ONE, TWO, setUp } from "./storage.ts";

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
