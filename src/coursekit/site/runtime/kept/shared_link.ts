/** Code that comes with a link or goes with one: loaded when a reader shares or opens such a link. */

import type { LiveCell } from "../cell/cell.ts";
import { copyText } from "../cell/run_bar.ts";
import { element, wordButton } from "../common/element.ts";
import type { Words } from "../common/words.ts";
import { LinkError, pack, unpack, type Codes } from "./code_in_link.ts";
import { LINK, type Kept } from "./progress_store.ts";

/** The cells of the page in sight, by name. */
type Cells = ReadonlyMap<string, LiveCell>;

/** Copies a link to this page that carries the code of the cells that are not as the author left them. */
export async function copyLink(cells: LiveCell[], say: (text: string) => void, words: Words): Promise<void> {
  const edited = cells.filter((cell) => cell.code() !== cell.original);
  const codes: Codes = new Map(edited.map((cell) => [cell.name, cell.code()]));
  const page = location.href.split("#")[0]!;
  try {
    await copyText(page + (codes.size ? await pack(codes) : ""));
    say(words(codes.size === 0 ? "share_plain" : codes.size === 1 ? "share_one" : "share_many", { n: codes.size }));
  } catch (error) {
    if (!(error instanceof LinkError)) throw error;
    say(words("share_long"));
  }
}

/** Puts the code of the link that the reader followed into its cells, and says so; nothing runs. */
export async function openLink(cells: Cells, kept: Kept, words: Words): Promise<void> {
  const { hash } = location;
  if (hash.startsWith(LINK)) {
    history.replaceState(history.state, "", location.pathname + location.search); // once is enough
    try {
      const codes = await unpack(hash, new Set(cells.keys()));
      kept.layAside(codes.keys());
      for (const [name, code] of codes) cells.get(name)!.write(code);
    } catch (error) {
      if (!(error instanceof LinkError)) throw error;
      return show(cells, words(error.key));
    }
  }
  notice(cells, kept, words);
}

/** Says that some cells hold code from a link, as long as they do. */
function notice(cells: Cells, kept: Kept, words: Words): void {
  const guests = kept.guests().flatMap((name) => cells.get(name) ?? []);
  if (!guests[0]) return;
  const back = wordButton("back", words("link_back"));
  const keep = wordButton("keep", words("link_keep"));
  const said = words(guests.length === 1 ? "link_one" : "link_many", { n: guests.length });
  const first = element("a", { href: `#${guests[0].section.id}` }, words("link_see"));
  back.onclick = () => {
    kept.putBack();
    for (const cell of guests) cell.write(kept.draft(cell.name, cell.original) ?? cell.original);
    show(cells, words("link_gone"));
  };
  keep.onclick = () => {
    kept.adopt();
    show(cells, "");
  };
  show(cells, said, first, back, keep);
}

/** One notice at the top of the page, where a reader who comes from a link begins. */
function show(cells: Cells, said: string, ...actions: Node[]): void {
  const [cell] = cells.values();
  const article = cell!.section.closest(".md-content__inner") ?? document.body;
  article.querySelector(".guest")?.remove();
  if (!said) return;
  const sentence = element("span", { role: "status" });
  const box = element("p", { class: "guest" }, sentence, ...actions);
  const place = article.querySelector(":scope > .meta") ?? article.querySelector(":scope > h1");
  if (place) place.after(box);
  else article.prepend(box);
  sentence.textContent = said; // now that it stands in the page it is read aloud
}
