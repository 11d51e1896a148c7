/** The cells of one page together: their toolbar, and the line that shows how far the page has run. */

import { createCell, type LiveCell } from "../cell/cell.ts";
import { createExercise, type Exercise, type Status } from "../cell/exercise.ts";
import { createPrediction, type Prediction } from "../cell/predict.ts";
import { element, wordButton } from "../common/element.ts";
import type { Words } from "../common/words.ts";
import type { Kept } from "../kept/progress_store.ts";
import type { Check } from "../python/protocol.ts";
import type { Session } from "../python/session.ts";

const RAN = new Set(["done", "stale"]);

export type LivePage = NonNullable<ReturnType<typeof openPage>>;

/** Brings the cells of the page in sight to life; null if it has none. */
export function openPage(path: string, session: Session, kept: Kept, words: Words) {
  const sections = [...document.querySelectorAll<HTMLElement>("section.cell[data-cell]")];
  const first = sections[0];
  if (!first) return null;
  session.open(
    path,
    sections.map((section) => section.dataset.cell!),
  );
  const cells = new Map<string, LiveCell>();
  const exercises: Exercise[] = [];
  const predictions: Prediction[] = [];
  const questions = [...document.querySelectorAll<HTMLElement>("section.task[data-kind=predict]")];
  for (const section of sections) {
    const task = section.closest<HTMLElement>("section.task[data-kind=exercise]");
    const name = section.dataset.cell!;
    const asking = questions.filter((question) => question.dataset.for === name);
    const place = {
      page: path,
      asks: asking.map((question) => question.dataset.right!),
      checks: checksOf(section),
      runAbove: () => runAbove(name),
      drafts: kept,
    };
    const cell = createCell(section, place, session, words);
    cells.set(cell.name, cell);
    const here = asking.map((question, n) => {
      const value = () => (cell.record.settled === "done" ? cell.record.values[n] : undefined);
      const keep = (answer: string) => kept.answer(question.dataset.task!, answer);
      const next = sections.find((each) => question.compareDocumentPosition(each) & Node.DOCUMENT_POSITION_FOLLOWING);
      const noted = words(next === section ? "predict_run" : "predict_later");
      return createPrediction(question, value, keep, noted, words);
    });
    const exercise = task && createExercise(task, () => cell.record.outputs, keepStatus(task), words);
    section.addEventListener("coursekit:state", () => {
      for (const prediction of here) prediction.paint();
      if (!cell.record.busy) exercise?.tried();
    });
    predictions.push(...here);
    if (exercise) exercises.push(exercise);
  }

  function keepStatus(task: HTMLElement) {
    return (status: Status): void => {
      if (status !== "new") kept.exercise(task.dataset.task!, status);
    };
  }

  /** Shows how far the reader has come, on an earlier visit or in another tab. */
  function recall(): void {
    const entry = kept.entry();
    for (const each of exercises) {
      const status = entry.exercises.get(each.id) ?? "new";
      if (each.section.dataset.status !== status) each.restore(status);
    }
    for (const each of predictions) {
      const answer = entry.predictions.get(each.id) ?? null;
      if (each.answer() !== answer) each.restore(answer);
    }
  }

  /** The page as its author left it, and nothing of it has run. */
  function reset(): void {
    session.restart(path);
    for (const cell of cells.values()) cell.reset();
  }

  /** What a cell stands on: the cells above it that have not run, exercises left out. */
  function runAbove(name: string): void {
    for (const cell of cells.values()) {
      if (cell.name === name) return;
      if (!cell.record.ran && !cell.record.busy && !("exercise" in cell.section.dataset)) cell.run();
    }
  }

  const tools = createTools(words, {
    runAll(): void {
      for (const cell of cells.values()) {
        if (!("exercise" in cell.section.dataset)) cell.run(); // those are the reader's own to try
      }
    },
    restart: () => session.restart(path),
    share: async (say) => (await import("./progress_and_links.ts")).copyLink([...cells.values()], say, words),
  });
  document.querySelector(".room")?.replaceWith(tools);
  const line = drawLine(sections);
  recall();

  return {
    path,
    cells,
    exercises,
    predictions,
    recall,
    reset,
    holds: () => first.isConnected,
    close(): void {
      cells.forEach((cell) => cell.close());
      line.stop();
      tools.remove();
    },
  };
}

/** The checks of a cell that is the answer to an exercise, as cell_html.py wrote them. */
function checksOf({ dataset }: HTMLElement): Check[] | null {
  return dataset.checks === undefined ? null : (JSON.parse(dataset.checks) as Check[]);
}

/** What the toolbar's buttons do. */
interface Tools {
  runAll(): void;
  restart(): void;
  share(say: (text: string) => void): Promise<void>;
}

function createTools(words: Words, actions: Tools): HTMLElement {
  const say = element("span", { class: "say", role: "status" });
  const all = wordButton("all", words("run_all"));
  const restart = wordButton("restart", words("restart"));
  const share = wordButton("share", words("share"));
  const tools = element(
    "div",
    { class: "tools", role: "toolbar", "aria-label": words("all_cells") },
    all,
    restart,
    share,
    say,
  );
  all.onclick = () => {
    say.textContent = "";
    actions.runAll();
  };
  restart.onclick = () => {
    actions.restart();
    say.textContent = words("restarted");
  };
  share.onclick = () => {
    const tell = (text: string): void => void (say.textContent = text);
    actions.share(tell).catch(() => tell(words("share_failed")));
  };
  tools.onkeydown = (event) => {
    const buttons = [all, restart, share];
    const at = buttons.indexOf(document.activeElement as HTMLButtonElement);
    if (event.key === "ArrowRight") buttons[at + 1]?.focus();
    if (event.key === "ArrowLeft") buttons[at - 1]?.focus();
  };
  return tools;
}

/** Inks the page's line down to the last cell that ran, and keeps it there. */
function drawLine(sections: HTMLElement[]): { stop(): void } {
  const article = sections[0]!.closest<HTMLElement>(".md-content__inner") ?? document.body;
  const ink = element("span", { class: "ink", "aria-hidden": "true" });
  let frame = 0;
  const draw = (): void => {
    frame = 0;
    const last = sections.findLast((section) => RAN.has(section.dataset.state!));
    const disc = last?.querySelector(".disc")?.getBoundingClientRect();
    const top = article.getBoundingClientRect().top;
    const ran = disc ? disc.top + disc.height / 2 - top : 0;
    ink.style.setProperty("--ran", `${Math.round(ran)}px`);
  };
  const soon = (): void => void (frame ||= requestAnimationFrame(draw)); // measuring lays out the page
  const observer = new ResizeObserver(soon);
  article.append(ink);
  observer.observe(article);
  article.addEventListener("coursekit:state", soon);
  return {
    stop(): void {
      observer.disconnect();
      ink.remove();
    },
  };
}
