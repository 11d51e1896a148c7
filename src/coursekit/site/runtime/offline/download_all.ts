/** "Make the course available offline": takes every file, tells how far it is, and can be stopped. */

import { element, wordButton } from "../common/element.ts";
import { megabytes, type Key, type Words } from "../common/words.ts";
import "../common/words_later.ts";
import { ALL, OtherVersion, inLanes, type FileCache } from "./file_cache.ts";

const LANES = 3;
const STEPS = 4; // how often a voice tells how far it is

/** What it needs of offline.ts. */
export interface Means {
  openFiles(): Promise<FileCache>;
  able(): Promise<unknown>; // null where nothing can be kept
}

/** How the taking stands; it goes on while the reader turns to other pages. */
interface State {
  files: FileCache;
  all: number; // bytes of the course
  here: number; // and of what lies here
  taking: AbortController | null; // while it is under way
  said: [Key, Record<string, string | number>?] | null; // how it ended
}

let state: State | null = null;
let draw = (): void => undefined;

/** Fills the control that the template wrote. */
export async function show(section: HTMLElement, means: Means, words: Words): Promise<void> {
  if (section.dataset.live) return;
  section.dataset.live = "";
  const why = element("p", { class: "why" });
  const bar = element("progress", { "aria-label": words("offline_bar") });
  const count = element("span", { class: "count" });
  const track = element("div", { class: "track" }, bar, count);
  const take = wordButton("take", "");
  const remove = wordButton("remove", words("offline_remove"));
  const say = element("p", { class: "say", role: "status" });

  if (!(await means.able())) {
    why.textContent = words(isSecureContext ? "offline_unable" : "offline_insecure");
    section.append(why);
    section.hidden = false;
    return;
  }
  state ??= await look(await means.openFiles());
  section.append(why, track, element("div", { class: "tools" }, take, remove), say);
  let told = 0;

  draw = () => {
    if (!section.isConnected || !state) return;
    const { all, here, taking, said, files } = state;
    const complete = here === all && !taking;
    const [part, whole] = [megabytes(here), megabytes(all)];
    why.textContent = words(complete ? "offline_complete" : "offline_why", { whole });
    track.hidden = complete;
    bar.max = all;
    bar.value = here;
    count.textContent = words("offline_bytes", { part, whole });
    take.hidden = complete;
    take.textContent = words(taking ? "stop" : said ? "offline_go_on" : "offline_take");
    remove.hidden = taking !== null || here <= sizeOf(files, files.shell);
    const step = Math.floor((STEPS * here) / all);
    if (!taking) say.textContent = said ? words(...said) : "";
    else if (step !== told) say.textContent = count.textContent;
    told = step;
  };
  take.onclick = () => (state!.taking ? state!.taking.abort() : void takeAll(state!));
  remove.onclick = async () => {
    await removeAll(state!);
    take.focus();
  };
  draw();
  section.hidden = false;
}

async function look(files: FileCache): Promise<State> {
  const here = sizeOf(files, await files.kept());
  return { files, all: sizeOf(files, files.paths()), here, taking: null, said: null };
}

function sizeOf(files: FileCache, paths: Iterable<string>): number {
  return [...paths].reduce((sum, path) => sum + files.bytes(path), 0);
}

async function takeAll(now: State): Promise<void> {
  const { files } = now;
  const taking = new AbortController();
  Object.assign(now, { taking, said: null });
  draw();
  void navigator.storage?.persist?.().catch(() => undefined); // else it may go when room is short
  try {
    const kept = await files.kept();
    now.here = sizeOf(files, kept);
    await inLanes(files.paths().filter((path) => !kept.has(path)), LANES, (path) => takeOne(path, now, taking.signal));
    await files.setNote(ALL, "");
    now.said = ["offline_done"];
  } catch (error) {
    now.said = taking.signal.aborted ? ["offline_stopped"] : whyNot(error, now);
    taking.abort();
  }
  now.here = sizeOf(files, await files.kept());
  now.taking = null;
  draw();
}

async function takeOne(path: string, now: State, signal: AbortSignal): Promise<void> {
  signal.throwIfAborted();
  let came = 0;
  const arrived = (bytes: number): void => {
    came += bytes;
    now.here += bytes;
    draw();
  };
  await now.files.keep(path, { signal, arrived });
  now.here += now.files.bytes(path) - came; // it lay here under another name
}

function whyNot(error: unknown, { all, here }: State): State["said"] {
  if (error instanceof OtherVersion) return ["offline_changed"];
  if (error instanceof DOMException && error.name === "QuotaExceededError") {
    return ["offline_full", { need: megabytes(all - here) }];
  }
  return ["offline_broken"];
}

/** What every page needs stays, as it was before. */
async function removeAll(now: State): Promise<void> {
  const { files } = now;
  await files.setNote(ALL, null);
  await files.retain(files.shell, await files.addresses());
  Object.assign(now, await look(files), { said: null });
  draw();
}
