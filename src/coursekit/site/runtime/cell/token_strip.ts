/** Tokens coloured by a number each; hover and focus show it. The same nodes as cell_html.py writes. */

import { element } from "../common/element.ts";
import type { Output } from "../python/protocol.ts";

export function createStrip({ tokens, values, name, unit }: Extract<Output, { kind: "strip" }>): Node {
  const largest = Math.max(0, ...values.map(Math.abs)) || 1;
  const behind = unit ? ` ${unit}` : "";
  const shown = tokens.map((token, n) => {
    const value = values[n]!;
    const text = `${Number(value.toPrecision(3))}${behind}`;
    const node = element("span", { class: "token", tabindex: "0", role: "img" }, token);
    node.setAttribute("aria-label", `${token}: ${text}`);
    node.dataset.value = text;
    node.style.setProperty("--v", (Math.abs(value) / largest).toFixed(3));
    return node;
  });
  const label = unit ? `${name} (${unit})` : name;
  return element("div", { class: "strip", role: "group", "aria-label": label }, ...shown);
}
