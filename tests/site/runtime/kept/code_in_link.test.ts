import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { deflateRawSync } from "node:zlib";
import { LARGEST, LinkError, pack, unpack } from "../../../../src/coursekit/site/runtime/kept/code_in_link.ts";

const CELLS = new Set(["fit", "plot"]);

const link = (bytes: Buffer): string => `#code=1.${deflateRawSync(bytes).toString("base64url")}`;
const linkTo = (value: unknown): string => link(Buffer.from(JSON.stringify(value)));

test("code comes out of a link as it went in", async () => {
  const codes = new Map([
    ["fit", 'print("α → β", 3 < 4 & 5)\n\tx = "é\\n"\n'],
    ["plot", ""],
  ]);
  const hash = await pack(codes);
  assert.match(hash, /^#code=1\.[\w-]+$/); // nothing that a mail program would break
  assert.deepEqual(await unpack(hash, CELLS), codes);
});

test("a page of code makes a link of a few hundred characters", async () => {
  const line = "for step in range(100):\n    w = w - 0.1 * slope(w)\n";
  const hash = await pack(new Map([["fit", line.repeat(40)]]));
  assert.ok(hash.length < 300, `${hash.length} characters`);
});

test("code that is too long is not packed", async () => {
  await assert.rejects(pack(new Map([["fit", "x".repeat(LARGEST)]])), { key: "link_long" });
});

describe("a link is refused", () => {
  const bomb = deflateRawSync(Buffer.alloc(50_000_000, " ")).toString("base64url");
  const TABLE: [what: string, hash: string, key: string][] = [
    ["that is another hash", "#cell-fit", "link_broken"],
    ["of a version to come", "#code=2.abc", "link_broken"],
    ["that is empty", "#code=1.", "link_broken"],
    ["that is not base64", "#code=1.<script>", "link_broken"],
    ["of a length base64 has not", "#code=1.abcde", "link_broken"],
    ["that is not deflated", `#code=1.${Buffer.from("plain text").toString("base64url")}`, "link_broken"],
    ["that was cut off", (() => linkTo({ fit: "x = 1" }).slice(0, -4))(), "link_broken"],
    ["that is not UTF-8", link(Buffer.from([0x7b, 0xff, 0xfe, 0x7d])), "link_broken"],
    ["that is not JSON", link(Buffer.from("{'fit'}")), "link_broken"],
    ["that holds a list", linkTo(["fit"]), "link_broken"],
    ["that holds nothing", linkTo({}), "link_broken"],
    ["whose code is no text", linkTo({ fit: { toString: 1 } }), "link_broken"],
    ["with a number among the code", linkTo({ fit: "x", plot: 3 }), "link_broken"],
    ["for a cell the page has not", linkTo({ fit: "x", other: "y" }), "link_other"],
    ["for what every object has", link(Buffer.from('{"__proto__": "x"}')), "link_other"],
    ["that would fill the memory", `#code=1.${bomb}`, "link_long"],
    ["that is itself too long", `#code=1.${"a".repeat(2 * LARGEST)}`, "link_long"],
  ];
  for (const [what, hash, key] of TABLE) {
    test(what, async () => {
      await assert.rejects(unpack(hash, CELLS), (error) => error instanceof LinkError && error.key === key);
    });
  }

  test("one character later than it is taken", async () => {
    const empty = JSON.stringify({ fit: "" }).length;
    assert.equal((await unpack(linkTo({ fit: "x".repeat(LARGEST - empty) }), CELLS)).size, 1);
    await assert.rejects(unpack(linkTo({ fit: "x".repeat(LARGEST - empty + 1) }), CELLS), { key: "link_long" });
  });
});
