/** The overview of the course: each lesson with what is done of it, and the reader's own file. */

import { confirmButton } from "../common/confirm_button.ts";
import { download } from "../common/download.ts";
import { element, wordButton } from "../common/element.ts";
import type { Words } from "../common/words.ts";
import { tally, type CoursePage } from "./course_tasks.ts";
import { ImportError, exportJson, importJson } from "./export_import.ts";
import { countsOf, readCourse } from "./progress_display.ts";
import type { Store } from "./progress_store.ts";

const FILE = "course-progress.json";

/** Fills the overview that the template wrote; again whenever something has changed. */
export async function showAll(overview: HTMLElement, store: Store, root: URL, words: Words): Promise<void> {
  const pages = await readCourse();
  for (const row of overview.querySelectorAll<HTMLElement>("li[data-lesson]")) {
    const page = pages.find((each) => String(each.lesson) === row.dataset.lesson);
    if (page) showLesson(row, page, store, root, words);
  }
  const tools = overview.querySelector<HTMLElement>(".tools")!;
  if (tools.hidden) fillTools(tools, store, words);
  const trouble = overview.querySelector<HTMLElement>(".trouble")!;
  const said = store.trouble ? words(`kept_${store.trouble}`) : "";
  if (trouble.textContent !== said) trouble.textContent = said;
}

function showLesson(row: HTMLElement, page: CoursePage, store: Store, root: URL, words: Words): void {
  const entry = store.page(page.url).entry();
  const { exercises, predictions } = tally(page, entry);
  const counts = countsOf(exercises, predictions, words) || words("nothing_to_do");
  const old = row.querySelector<HTMLElement>(":scope > .todo");
  if (page.exercises.length === 0) {
    const line = element("p", { class: "todo" }, counts);
    return old ? old.replaceWith(line) : row.append(line);
  }
  const items = page.exercises.map(({ id, title, anchor }) => {
    const status = entry.exercises.get(id) ?? "new";
    const link = element("a", { href: new URL(`${page.url}#${anchor}`, root).href }, title);
    const said = words(status === "new" ? "not_tried" : status === "open" ? "tried" : "passed");
    return element("li", { "data-status": status }, link, element("span", { class: "mark" }, said));
  });
  const list = element("ul", {}, ...items);
  const fold = element("details", { class: "fold todo" }, element("summary", {}, counts), list);
  fold.open = old instanceof HTMLDetailsElement && old.open;
  if (old) old.replaceWith(fold);
  else row.append(fold);
}

function fillTools(tools: HTMLElement, store: Store, words: Words): void {
  const save = wordButton("export", words("export"));
  const load = wordButton("import", words("import"));
  const file = element("input", { type: "file", accept: ".json,application/json", hidden: "" });
  const say = element("span", { class: "say", role: "status" });
  const all = {
    first: words("reset_all"),
    why: words("reset_all_why"),
    sure: words("reset_sure"),
    done: words("reset_all_done"),
  };
  save.onclick = () => {
    download(new Blob([exportJson(store)], { type: "application/json" }), FILE);
    say.textContent = words("exported", { file: FILE });
  };
  load.onclick = () => file.click();
  file.onchange = async () => {
    const text = await file.files?.[0]?.text();
    file.value = ""; // the same file may be chosen again
    if (text !== undefined) say.textContent = imported(text, store, words);
  };
  tools.setAttribute("role", "group");
  tools.setAttribute("aria-label", words("your_file"));
  tools.replaceChildren(save, load, file, confirmButton("all", all, () => store.resetAll()), say);
  tools.hidden = false;
}

function imported(text: string, store: Store, words: Words): string {
  try {
    const n = importJson(store, text);
    return words(n === 1 ? "imported_one" : "imported", { n });
  } catch (error) {
    if (!(error instanceof ImportError)) throw error;
    return words(error.key, { page: error.page });
  }
}
