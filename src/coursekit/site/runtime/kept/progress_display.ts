/**
 * Shows how far the reader has come: at the top of the page, and in the lists of lessons. Loaded
 * when there is something to show.
 */

import { confirmButton } from "../common/confirm_button.ts";
import { element } from "../common/element.ts";
import type { Words } from "../common/words.ts";
import { reached, tally, type Count, type CoursePage, type Tally } from "./course_tasks.ts";
import { isEmpty, type Store } from "./progress_store.ts";

/** What it needs of the page in sight (page.ts). */
export interface Shown {
  cells: ReadonlyMap<string, { section: HTMLElement }>;
  exercises: { id: string }[];
  predictions: { id: string }[];
  reset(): void;
}

let course: Promise<CoursePage[]> | null = null;

/** What there is to do in the course. */
export function readCourse(): Promise<CoursePage[]> {
  course ??= fetch(new URL("course.json", import.meta.url)).then(async (response) => {
    if (!response.ok) throw new Error(`${response.status}: ${response.url}`);
    return ((await response.json()) as { pages: CoursePage[] }).pages;
  });
  course.catch(() => (course = null)); // the next page asks again
  return course;
}

/** "3 of 8 exercises, 4 of 5 predictions"; what a page does not have is left out. */
export function countsOf(exercises: Count, predictions: Count, words: Words): string {
  const said: string[] = [];
  if (exercises.of) said.push(words(exercises.of === 1 ? "of_exercise" : "of_exercises", { ...exercises }));
  if (predictions.of) said.push(words(predictions.of === 1 ? "of_prediction" : "of_predictions", { ...predictions }));
  return said.join(", ");
}

/** Marks every list of lessons in sight with what the reader has done. */
export async function markLessons(store: Store, words: Words): Promise<void> {
  const lists = document.querySelectorAll<HTMLElement>("[data-lesson]");
  if (!lists.length) return;
  const pages = await readCourse();
  const states: Tally["state"][] = []; // of lesson n + 1
  for (const page of pages) {
    if (page.lesson !== null) states[page.lesson - 1] = tally(page, store.page(page.url).entry()).state;
  }
  for (const item of lists) {
    const state = states[Number(item.dataset.lesson) - 1] ?? null;
    if (state) item.dataset.p = state;
    else delete item.dataset.p;
    const name = item.querySelector(":scope > a, :scope > span:not([aria-hidden])");
    item.querySelector(".unseen.p")?.remove();
    if (state) name?.append(element("span", { class: "unseen p" }, `, ${words(state === "done" ? "lesson_done" : "lesson_begun")}`));
  }
  const slope = document.querySelector<HTMLElement>(".slope");
  slope?.style.setProperty("--reached", String(reached(states)));
}

/** Shows at the top of a page what of it is done, and offers to begin anew. */
export function showHere(store: Store, path: string, page: Shown, words: Words): void {
  const meta = metaOf(page);
  const entry = store.page(path).entry();
  const { exercises, predictions } = tally(
    { exercises: page.exercises, predictions: page.predictions.map(({ id }) => id) },
    entry,
  );
  const counts = part(meta, "counts", () => element("span", { class: "counts" }));
  counts.textContent = countsOf(exercises, predictions, words);
  const begin = part(meta, "anew", () => createReset(store, path, page, words));
  begin.hidden = isEmpty(entry) && !begin.contains(document.activeElement);
  const trouble = part(meta, "trouble", () => element("span", { class: "trouble", role: "status" }));
  const said = store.trouble && !isEmpty(entry) ? words(`kept_${store.trouble}`) : "";
  if (trouble.textContent !== said) trouble.textContent = said;
}

function createReset(store: Store, path: string, page: Shown, words: Words): HTMLElement {
  const said = {
    first: words("reset_page"),
    why: words("reset_page_why"),
    sure: words("reset_sure"),
    done: words("reset_page_done"),
  };
  return confirmButton("anew", said, () => {
    page.reset();
    store.resetPage(path); // now, when nothing of the old outputs can be kept again
    document.querySelector(".guest")?.remove();
  });
}

/** The line under a page's first paragraph; made where the build had nothing to say there. */
function metaOf(page: Shown): HTMLElement {
  const [cell] = page.cells.values();
  const article = cell!.section.closest<HTMLElement>(".md-content__inner") ?? document.body;
  const there = article.querySelector<HTMLElement>(":scope > .meta");
  if (there) return there;
  const meta = element("p", { class: "meta" });
  const first = article.querySelector(":scope > h1 + p") ?? article.querySelector(":scope > h1");
  if (first) first.after(meta);
  else article.prepend(meta);
  return meta;
}

function part(meta: HTMLElement, name: string, make: () => HTMLElement): HTMLElement {
  const there = meta.querySelector<HTMLElement>(`:scope > .${name}`);
  if (there) return there;
  const made = make();
  meta.append(made);
  return made;
}
