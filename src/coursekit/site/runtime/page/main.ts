/** Entry: one session for the whole visit, and the cells of whichever page is in sight. */

import type { LiveCell } from "../cell/cell.ts";
import { wordsOf, type Words } from "../common/words.ts";
import { LINK, createStore } from "../kept/progress_store.ts";
import type { Offline } from "../offline/offline.ts";
import { createSession } from "../python/session.ts";
import { spawnWorker } from "../python/worker_client.ts";
import { makeMenus } from "./menus.ts";
import { onPageLoad } from "./on_page_load.ts";
import { openPage, type LivePage } from "./page.ts";

const NEAR = "100% 0px"; // a cell is near when it is less than one screen away
const SETTLED = 2000; // ms after which a page counts as settled, however busy it is
const SOON = 150; // ms in which changes of what is kept are shown together
const ROOT = new URL("../../", import.meta.url); // of the site; this file is in assets/coursekit/

declare global {
  interface Navigator {
    readonly connection?: { readonly saveData?: boolean };
  }
}

let page: LivePage | null = null;
let near: IntersectionObserver | null = null;
let showing: ReturnType<typeof setTimeout> | undefined;

const session = createSession({
  spawn: (receive) =>
    spawnWorker((report) => {
      if (report.kind === "fetched") void offline.then(({ used }) => used(report.addresses));
      else receive(report);
    }),
  now: () => performance.now(),
  after(ms, act) {
    const timer = setTimeout(act, ms);
    return () => clearTimeout(timer);
  },
  changed(cell) {
    if (cell.page === page?.path) page.cells.get(cell.name)?.changed();
  },
});

/** What keeps the course for a visit without a network; it waits for all that this visit needs. */
const offline = new Promise<Offline>((loaded) => {
  whenSettled(() => whenLoaded(() => loaded(import("../offline/offline.ts").then((o) => o.createOffline({ root: ROOT, words })))));
});

// Where the browser keeps nothing for this site, a stand-in is there (before_material.ts).
const storage = "unkept" in localStorage ? null : localStorage;
const store = createStore(storage, `coursekit:${ROOT.pathname}`);
store.onChange((path) => {
  if (path === null || path === here()) page?.recall();
  showing ??= setTimeout(() => void show().catch(() => undefined), SOON);
});
window.addEventListener("storage", (event) => store.heard(event.key));
window.addEventListener("hashchange", openLink);

/** The path of the page in sight from the site's root, the same wherever the site stands. */
function here(): string {
  return location.pathname.slice(ROOT.pathname.length).replace(/index\.html$/, "");
}

/** What is loaded when a reader has something to show or to open. */
const later = () => import("./progress_and_links.ts");

const words = (): Words => wordsOf(document.documentElement.lang);

/** Brings the page in sight to life, once. */
function open(): void {
  show().catch(() => undefined);
  void offline.then(({ arrive }) => arrive());
  if (page?.holds()) return;
  page?.close();
  near?.disconnect();
  page = openPage(location.pathname, session, store.page(here()), words());
  openLink();
  if (page) warmUp([...page.cells.values()]);
}

/** Shows what the reader has done, where there is something to show. */
async function show(): Promise<void> {
  showing = undefined;
  const overview = document.querySelector<HTMLElement>("#progress");
  if (!overview && store.paths().length === 0 && !document.querySelector(".anew")) return;
  const { markLessons, showAll, showHere } = await later();
  if (page?.holds()) showHere(store, here(), page, words());
  await markLessons(store, words());
  if (overview) await showAll(overview, store, ROOT, words());
}

/** Code that came with the link, or is still here from an earlier one. */
function openLink(): void {
  const kept = store.page(here());
  const live = page;
  if (!live || (!location.hash.startsWith(LINK) && kept.guests().length === 0)) return;
  void later().then(({ openLink }) => {
    if (live === page) return openLink(live.cells, kept, words()); // else the next page asked anew
  });
}

/** Starts Python when the reader turns to a cell, or comes near one on a page that has settled. */
function warmUp(cells: LiveCell[]): void {
  const warm = (cell: LiveCell): void => {
    session.warm(cell.code());
    import("../cell/outputs.ts").catch(() => undefined); // what shows results comes before there are any
  };
  for (const cell of cells) {
    for (const intent of ["pointerenter", "focusin"]) {
      cell.section.addEventListener(intent, () => warm(cell));
    }
  }
  if (navigator.connection?.saveData) return;
  const observer = new IntersectionObserver(
    (entries) => {
      for (const entry of entries) {
        const cell = entry.isIntersecting && cells.find((each) => each.section === entry.target);
        if (cell) warm(cell);
      }
    },
    { rootMargin: NEAR },
  );
  near = observer;
  whenSettled(() => {
    for (const cell of cells) if (cell.section.isConnected) observer.observe(cell.section);
  });
}

function whenSettled(act: () => void): void {
  const idle = (): void => {
    if ("requestIdleCallback" in globalThis) requestIdleCallback(act, { timeout: SETTLED });
    else setTimeout(act, SETTLED / 10);
  };
  if (document.readyState === "complete") idle();
  else addEventListener("load", idle, { once: true });
}

/** Waits while Python is on its way. */
function whenLoaded(act: () => void): void {
  if (session.loading()) setTimeout(() => whenLoaded(act), SETTLED / 4);
  else act();
}

makeMenus();
onPageLoad(open);
