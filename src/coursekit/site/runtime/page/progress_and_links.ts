/**
 * Loaded when a reader has something to show, to share or to open: shared links and progress.
 *
 * One file, for each part alone is tiny.
 */

import "../common/words_later.ts";

export { copyLink, openLink } from "../kept/shared_link.ts";
export { showAll } from "../kept/overview.ts";
export { markLessons, showHere } from "../kept/progress_display.ts";
