/** A control as the build writes it, for tests. */

import type { Control } from "../../../../src/coursekit/site/runtime/cell/control_comments.ts";

export function control(news: Partial<Control> = {}): Control {
  const plain = { line: 1, label: "w", low: 0, high: 1, log: false, integer: false, choices: [] };
  return { kind: "slider", names: ["w"], ...plain, ...news };
}
