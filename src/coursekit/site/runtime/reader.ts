/**
 * What is loaded when a reader has something to show, to share or to open: one file, for each part
 * alone is tiny.
 */

import "./more.ts";

export { copyLink, openLink } from "./guest.ts";
export { showAll } from "./overview.ts";
export { markLessons, showHere } from "./progress.ts";
