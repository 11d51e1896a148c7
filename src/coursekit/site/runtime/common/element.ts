/** Makes new elements for the page. */

/** An element with attributes and children; strings become text. */
export function element<K extends keyof HTMLElementTagNameMap>(
  name: K,
  attributes: Record<string, string>,
  ...children: (Node | string)[]
): HTMLElementTagNameMap[K] {
  const node = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) node.setAttribute(key, value);
  node.append(...children);
  return node;
}

/** A button that looks like a word; `does` is its name for style sheets and tests. */
export function wordButton(does: string, word: string): HTMLButtonElement {
  return element("button", { class: "quiet", type: "button", "data-do": does }, word);
}
