/**
 * The page's part of a visit without a network: registers the service worker, announces an update.
 *
 * It also tells the service worker (service_worker.ts) what the page used before that was there.
 * Loaded when the page has settled.
 */

import { element } from "../common/element.ts";
import type { Words } from "../common/words.ts";
import type { Course } from "./file_cache.ts";
import type { Order } from "./service_worker.ts";

/** Where this course is, and what it says. */
export interface Place {
  root: URL; // of the site
  words(): Words;
}

export type Offline = ReturnType<typeof createOffline>;

const SOON = 50; // ms
const TRIES = 20;
const AGAIN = 600_000; // ms between two questions whether there is a newer version

export function createOffline({ root, words }: Place) {
  const workers = "serviceWorker" in navigator ? navigator.serviceWorker : null;
  const registered = register();
  let lookedAt = -Infinity;
  let reloading = false;

  /** Null where the browser or the host has no service worker for this course. */
  async function register(): Promise<ServiceWorkerRegistration | null> {
    try {
      const options = { scope: root.pathname, updateViaCache: "none" } as const;
      const registration = await workers!.register(new URL("sw.js", root), options);
      watch(registration);
      return registration;
    } catch {
      return null;
    }
  }

  async function tell(order: Order, ports: MessagePort[] = []): Promise<void> {
    const worker = await active();
    worker?.postMessage(order, ports);
  }

  async function active(): Promise<ServiceWorker | null> {
    const registration = await registered;
    if (!registration || registration.active) return registration?.active ?? null;
    const worker = registration.installing ?? registration.waiting;
    return worker && (await reaches(worker, "activated")) ? worker : null;
  }

  // --- a newer version ----------------------------------------------------------------------------

  function watch(registration: ServiceWorkerRegistration): void {
    const news = (): void => announce(words()("update_ready"));
    if (registration.waiting && registration.active) news();
    registration.addEventListener("updatefound", () => {
      const worker = registration.installing;
      const first = !registration.active;
      if (worker && !first) void reaches(worker, "installed").then((there) => there && news());
    });
    workers!.addEventListener("controllerchange", () => {
      if (!reloading) announce(words()("update_elsewhere"));
    });
  }

  function announce(text: string): void {
    const line = document.querySelector<HTMLElement>(".news") ?? element("div", { class: "news", role: "status" });
    const now = element("button", { class: "quiet", type: "button" }, words()("update_now"));
    const later = element("button", { class: "quiet", type: "button" }, words()("update_later"));
    now.onclick = () => {
      now.disabled = true;
      void reload();
    };
    later.onclick = () => line.remove();
    document.body.append(line); // empty first, so that a voice reads what comes into it
    requestAnimationFrame(() => line.replaceChildren(element("span", {}, text), now, later));
  }

  /** Has the newest version begin, and shows the page in it. */
  async function reload(): Promise<void> {
    reloading = true;
    const waiting = (await registered)?.waiting;
    if (waiting) {
      waiting.postMessage({ kind: "activate" } satisfies Order);
      await reaches(waiting, "activated");
    }
    location.reload();
  }

  /** Asks the host for a newer version, now and then: a visit may be one long page. */
  async function look(): Promise<void> {
    const registration = await registered;
    if (!registration || performance.now() - lookedAt < AGAIN) return;
    lookedAt = performance.now();
    await registration.update().catch(() => retire(registration));
  }

  /** A host that has no service worker any more wants none of what this one keeps. */
  async function retire(registration: ServiceWorkerRegistration): Promise<void> {
    const { status } = await fetch(new URL("sw.js", root), { method: "HEAD", cache: "no-store" });
    if (status !== 404 && status !== 410) return;
    const { cacheOf } = await import("./file_cache.ts");
    await Promise.all([registration.unregister(), caches.delete(cacheOf(root))]);
  }

  // --- pages --------------------------------------------------------------------------------------

  /** Where no network is, a page that is not here says which others are, and waits. */
  async function showMissing(missing: HTMLElement): Promise<void> {
    missing.querySelector("button")!.onclick = () => location.reload();
    window.addEventListener("online", () => missing.isConnected && location.reload());
    const { kept } = await openFiles();
    const there = await kept();
    for (const item of missing.querySelectorAll<HTMLElement>("li")) {
      const path = new URL(item.querySelector("a")!.href).pathname.slice(root.pathname.length);
      item.hidden = !there.has(`${decodeURIComponent(path)}index.html`);
    }
  }

  /** What lies in the cache, of the version that answers this page. */
  async function openFiles() {
    const { createFileCache } = await import("./file_cache.ts");
    for (let tries = 0; tries < TRIES; tries++) {
      const worker = await active();
      const course = worker && (await courseOf(worker));
      if (course) return createFileCache(course, root, { caches, fetch: fetch.bind(window) });
      if (!worker) break;
      await new Promise((again) => setTimeout(again, SOON)); // until its successor is the active one
    }
    throw new Error("no service worker");
  }

  return {
    openFiles,

    /** Files that were used while no service worker saw it, by address. */
    used: (addresses: string[]): void => void tell({ kind: "keep", addresses }),

    /** A page has come. */
    arrive(): void {
      const loaded = performance.getEntriesByType("resource").map(({ name }) => name);
      void tell({ kind: "keep", addresses: workers?.controller ? [] : [location.href, ...loaded] });
      void look().catch(() => undefined);
      const missing = document.querySelector<HTMLElement>("#missing");
      if (missing) void showMissing(missing);
      const control = document.querySelector<HTMLElement>("#offline");
      if (control) {
        void import("./download_all.ts").then((take) => take.show(control, { openFiles, able: () => registered }, words()));
      }
    },
  };
}

/** The version that a service worker serves; null where another one took its place meanwhile. */
function courseOf(worker: ServiceWorker): Promise<Course | null> {
  return new Promise((got) => {
    const { port1, port2 } = new MessageChannel();
    const leave = (): void => void (worker.state === "redundant" && got(null));
    port1.onmessage = ({ data }) => got(data as Course);
    worker.addEventListener("statechange", leave);
    worker.postMessage({ kind: "course" } satisfies Order, [port2]);
    leave();
  });
}

/** Whether a service worker comes to this state before it ends. */
function reaches(worker: ServiceWorker, state: "installed" | "activated"): Promise<boolean> {
  return new Promise((settle) => {
    const look = (): void => {
      if (worker.state === state || worker.state === "activated") settle(true);
      else if (worker.state === "redundant") settle(false);
    };
    worker.addEventListener("statechange", look);
    look();
  });
}
