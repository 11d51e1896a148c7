import assert from "node:assert/strict";
import { test } from "node:test";
import { lockDown } from "../../../../src/coursekit/site/runtime/python/lockdown.ts";

/** A worker's global object as browsers make it: some on itself, some on what it inherits from. */
function newScope() {
  class Scope extends EventTarget {
    get indexedDB() {
      return "a database";
    }
    get navigator() {
      return navigator;
    }
    importScripts() {}
  }
  class Navigator {
    get userAgent() {
      return "a browser";
    }
    get storage() {
      return "a file system";
    }
  }
  const navigator = new Navigator();
  return Object.assign(new Scope(), { Worker: class {}, Array, setTimeout, comesNextYear: {} });
}

test("what is not listed goes, wherever it was inherited from, and what is listed stays", () => {
  const scope = newScope();
  lockDown(scope);
  for (const name of ["Worker", "comesNextYear", "indexedDB"]) assert.equal(name in scope, false, name);
  for (const name of ["Array", "setTimeout", "navigator", "addEventListener"]) assert.ok(name in scope, name);
  assert.equal("storage" in scope.navigator, false);
  assert.equal((scope.navigator as { userAgent: string }).userAgent, "a browser");
});

test("what the browser does not let go of ends the start", () => {
  const scope = newScope();
  Object.defineProperty(scope, "door", { value: () => "open", configurable: false });
  assert.throws(() => lockDown(scope), /does not let go of door/);
});

test("a constant that cannot go may stay: it does nothing", () => {
  const scope = newScope();
  Object.defineProperty(scope, "TEMPORARY", { value: 0, configurable: false });
  assert.doesNotThrow(() => lockDown(scope));
});
