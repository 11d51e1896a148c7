/** Tells when a page has come: at load, and at each of Material's instant navigations. */

declare global {
  interface Window {
    document$?: { subscribe(next: () => void): unknown };
  }
}

/** `open` may be called more than once for the same page. */
export function onPageLoad(open: () => void): void {
  if (window.document$) window.document$.subscribe(open);
  else if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", open);
  else open();
}
