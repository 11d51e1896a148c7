/** An exercise around its cell: hints one by one, the solution after a try, how far the reader is. */

import type { Words } from "../common/words.ts";
import type { Output } from "../python/protocol.ts";

export type Status = "new" | "open" | "passed";

/** What the reader sees beside the title. */
export function markOf(status: Status, outputs: Output[], words: Words): string {
  const report = outputs.findLast((output) => output.kind === "checks");
  if (status === "new") return words("not_tried");
  if (status === "passed") return words("passed");
  if (!report || report.blank != null) return words("tried");
  const n = report.checks.filter((check) => check.ok).length;
  return words("checks_pass", { n, of: report.checks.length });
}

export type Exercise = ReturnType<typeof createExercise>;

/** Brings an exercise to life; `outputs` are those of its cell now. */
export function createExercise(
  section: HTMLElement,
  outputs: () => Output[],
  keep: (status: Status) => void,
  words: Words,
) {
  const mark = section.querySelector<HTMLElement>(":scope > .mark")!;
  const hints = [...section.querySelectorAll<HTMLDetailsElement>(":scope > .hint")];
  const solution = section.querySelector<HTMLDetailsElement>(":scope > .solution")!;
  let status: Status = "new";
  mark.hidden = false;
  for (const [n, hint] of hints.entries()) {
    hint.hidden = n > 0;
    hint.addEventListener("toggle", () => {
      const next = hints[n + 1];
      if (hint.open && next) next.hidden = false;
    });
  }

  function paint(): void {
    section.dataset.status = status;
    mark.textContent = markOf(status, outputs(), words);
    solution.hidden = status === "new"; // offered after a try
  }

  paint();
  return {
    id: section.dataset.task!,
    section,
    /** The reader tried; `end` is how the cell ended. */
    tried(): void {
      const report = outputs().findLast((output) => output.kind === "checks");
      const failed = outputs().some((output) => output.kind === "error");
      if (!report && !failed) return;
      if (report?.blank == null && status !== "passed") status = report?.passed ? "passed" : "open";
      paint();
      keep(status);
    },
    /** How far the reader came on an earlier visit. */
    restore(earlier: Status): void {
      status = earlier;
      paint();
    },
  };
}
