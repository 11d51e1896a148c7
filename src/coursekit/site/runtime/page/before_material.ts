/**
 * What must be there before anything is drawn and before Material's script begins.
 *
 * The one script that a page waits for. No script stands in the page itself
 * (content_security_policy.py): what Material writes there, and what we mend of it, is here.
 */

export {};

type Store = Pick<Storage, "length" | "key" | "getItem" | "setItem" | "removeItem" | "clear">;
type Find = (key: string, store?: Store, scope?: URL) => { color?: Scheme } | null;
interface Scheme {
  media: string;
  scheme: string;
}

const own = document.currentScript as HTMLScriptElement;
const root = new URL("../../", own.src); // of the site; this file is in assets/coursekit/

/**
 * Where the browser denies its storage, Material's script would fail; it gets one that lasts as long
 * as the page. Its mark tells main.ts that nothing is kept.
 */
function standInForStorage(): void {
  try {
    void [localStorage.length, sessionStorage.length]; // or they are null
  } catch {
    for (const name of ["localStorage", "sessionStorage"]) {
      const held = new Map<string, string>();
      const value: Store & { unkept: true } = {
        unkept: true,
        get length() {
          return held.size;
        },
        key: (n) => [...held.keys()][n] ?? null,
        getItem: (key) => held.get(key) ?? null,
        setItem: (key, text) => void held.set(key, String(text)),
        removeItem: (key) => void held.delete(key),
        clear: () => held.clear(),
      };
      Object.defineProperty(window, name, { value });
    }
  }
}

/** The four names that Material's script looks for; it writes them into each page. */
function nameWhatMaterialNeeds(): { find: Find } {
  const find: Find = (key, store = localStorage, scope = root) =>
    JSON.parse(store.getItem(`${scope.pathname}.${key}`) ?? "null");
  const keep = (key: string, value: unknown, store: Store = localStorage, scope = root): void => {
    try {
      store.setItem(`${scope.pathname}.${key}`, JSON.stringify(value));
    } catch {
      // no room left: the choice lasts as long as the page
    }
  };
  const hash = (text: string): number =>
    [...text].reduce((sum, letter) => (sum << 5) - sum + letter.charCodeAt(0), 0);
  Object.assign(globalThis, { __md_scope: root, __md_get: find, __md_set: keep, __md_hash: hash });
  return { find };
}

/** Before the first paint: the scheme chosen last time, else the one that the system asks for. */
function choosePalette(find: Find): void {
  const saved = find("__palette")?.color;
  const dark = matchMedia("(prefers-color-scheme: dark)").matches;
  const follow = !saved || saved.media === "(prefers-color-scheme)";
  new MutationObserver((_, observer) => {
    if (!document.body) return;
    observer.disconnect();
    document.body.dataset["mdColorScheme"] = follow ? (dark ? "slate" : "default") : saved.scheme;
    colourRoot();
    new MutationObserver(colourRoot).observe(document.body, { attributeFilter: ["data-md-color-scheme"] });
  }).observe(document.documentElement, { childList: true });
}

/**
 * The root's scroll bar and canvas follow the page's scheme. Material says so in a <meta>, and at
 * each word of that the browser styles the whole page anew; so that one stays outside the page.
 */
function colourRoot(): void {
  const { mdColorScheme } = document.body.dataset;
  document.documentElement.style.colorScheme = mdColorScheme === "slate" ? "dark" : "light";
}

function leaveOutMaterialsMeta(): void {
  const { head } = document;
  const { appendChild } = head;
  head.appendChild = <T extends Node>(node: T): T =>
    node instanceof HTMLMetaElement && node.name === "color-scheme" ? node : appendChild.call(head, node) as T;
}

/**
 * For instant navigation Material writes every address in full, upon which the browser loads the
 * style sheet a second time and styles the page anew. That of the sheet stays as it is.
 */
function keepStyleSheet(): void {
  new MutationObserver((_, observer) => {
    const sheet = sheetOf(document);
    if (!sheet) return;
    observer.disconnect();
    keepAddress(sheet);
  }).observe(document.head, { childList: true });
}

function sheetOf(page: Document): HTMLLinkElement | null {
  return page.querySelector("link[rel=stylesheet]");
}

function keepAddress(sheet: HTMLLinkElement): void {
  Object.defineProperty(sheet, "href", { set: () => undefined });
}

/**
 * Instant navigation (one Python for the whole visit) follows a link when the sitemap names its
 * address, and the sitemap names those of `site_url`. A copy of the site may be served from any
 * host, port and folder, so the sitemap is read as if it named this one.
 *
 * A page of another version is for that version's scripts (version_folder.py). Its text is refused
 * here, upon which Material opens it as the browser does: with a new load.
 */
function readWhatMaterialFetches(): void {
  const parse = DOMParser.prototype.parseFromString;
  const built = own.dataset["built"]!;
  const edition = editionOf(own.src);
  DOMParser.prototype.parseFromString = function (text, type) {
    if (type === "text/xml") return parse.call(this, String(text).replaceAll(`<loc>${built}`, `<loc>${root}`), type);
    const other = editionOf(String(text));
    if (other && other !== edition) throw Error(); // what it says, nobody hears
    const page = parse.call(this, text, type);
    const [here, coming] = [sheetOf(document), sheetOf(page)];
    if (here && coming) {
      coming.setAttribute("href", here.getAttribute("href")!); // to Material it is the one that is there
      keepAddress(coming);
    }
    return page;
  };
}

function editionOf(text: string): string | undefined {
  return /assets\/coursekit-(\w+)\/\w+\.js/.exec(text)?.[1];
}

/**
 * Material takes the first link within a page for a journey: it fetches the page again and puts it
 * in place of the one whose cells have run. Until it has really gone somewhere the browser follows
 * such links alone; from then on Material tells them apart itself.
 */
function stayForLinksWithinThePage(): void {
  const first = location.pathname;
  const { pushState } = history;
  let left = false;
  history.pushState = (...to) => {
    left = true;
    Reflect.apply(pushState, history, to);
  };
  const leave = (event: MouseEvent): void => {
    const link = event.target instanceof Element && event.target.closest("a");
    if (!left && link && link.hash && link.pathname === first) link.target = "_self"; // not for Material
  };
  addEventListener("click", leave, { capture: true });
  addEventListener("popstate", (event) => {
    left ||= location.pathname !== first;
    if (!left) event.stopImmediatePropagation();
  });
}

/**
 * Material fetches its search index and starts its search worker with every page. Here both wait
 * until the reader turns to the search: most pages are read without it.
 */
function searchOnlyWhenAsked(): void {
  const asked = new Promise<void>((wake) => {
    addEventListener("focusin", (event) => {
      if (event.target instanceof Element && event.target.closest(".md-search")) wake();
    });
  });
  const { open, send } = XMLHttpRequest.prototype;
  const waiting = new WeakSet<XMLHttpRequest>();
  XMLHttpRequest.prototype.open = function (this: XMLHttpRequest, ...request: unknown[]) {
    if (String(request[1]).endsWith("/search/search_index.json")) waiting.add(this);
    return Reflect.apply(open, this, request);
  };
  XMLHttpRequest.prototype.send = function (this: XMLHttpRequest, ...body: unknown[]) {
    if (waiting.delete(this)) void asked.then(() => Reflect.apply(send, this, body));
    else Reflect.apply(send, this, body);
  };
  window.Worker = new Proxy(Worker, {
    construct(Real, [url, options]: ConstructorParameters<typeof Worker>) {
      if (!String(url).includes("/javascripts/workers/search.")) return new Real(url, options);
      const stand = new EventTarget();
      const real = asked.then(() => {
        const worker = new Real(url, options);
        worker.onmessage = ({ data }) => stand.dispatchEvent(new MessageEvent("message", { data }));
        return worker;
      });
      const postMessage = (message: unknown): void => void real.then((worker) => worker.postMessage(message));
      return Object.assign(stand, { postMessage });
    },
  });
}

document.documentElement.classList.replace("no-js", "js"); // else the page moves when Material does it
standInForStorage();
choosePalette(nameWhatMaterialNeeds().find);
leaveOutMaterialsMeta();
keepStyleSheet();
readWhatMaterialFetches();
stayForLinksWithinThePage();
searchOnlyWhenAsked();
