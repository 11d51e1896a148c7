/** Hands the reader a file that was made in the page. */

import { element } from "./element.ts";

const LATER = 1000; // ms until the browser has surely begun to save it

export function download(content: Blob, file: string): void {
  const address = URL.createObjectURL(content);
  element("a", { href: address, download: file }).click();
  setTimeout(() => URL.revokeObjectURL(address), LATER);
}
