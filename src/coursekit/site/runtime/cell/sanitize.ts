/**
 * Markup from the worker -> nodes that can show something and do nothing else.
 *
 * The kernel has sanitized what a cell shows, but a cell's code runs beside it in the worker
 * and could speak in its name. So the page looks again at everything that is not plain text.
 */

const ELEMENTS = new Set(
  `a abbr b br caption code col colgroup dd div dl dt em figcaption figure h1 h2 h3 h4 h5 h6 hr i
   kbd li mark ol p pre s small span strong sub sup table tbody td tfoot th thead tr u ul var
   svg g defs title desc path rect circle ellipse line polyline polygon text tspan use symbol
   marker clippath lineargradient radialgradient stop pattern image`.split(/\s+/),
);

const LINKS = new Set(["href", "xlink:href", "src"]);

/** The nodes of some HTML or SVG, without what could run, load or send. */
export function sanitized(markup: string): DocumentFragment {
  const template = document.createElement("template"); // its contents are inert until inserted
  template.innerHTML = markup;
  for (const element of [...template.content.querySelectorAll("*")]) {
    if (ELEMENTS.has(element.localName.toLowerCase())) sanitizeAttributes(element);
    else element.remove();
  }
  return template.content;
}

function sanitizeAttributes(element: Element): void {
  for (const { name, value } of [...element.attributes]) {
    if (!isHarmless(element.localName, name.toLowerCase(), value)) element.removeAttribute(name);
  }
}

/** Whether an attribute of an allowed element can do nothing but show; names in lower case. */
export function isHarmless(element: string, name: string, value: string): boolean {
  if (name.startsWith("on") || name.startsWith("data-")) return false; // which our scripts go by
  if (LINKS.has(name)) {
    if (value.startsWith("#")) return true;
    return element === "a" ? /^https?:\/\//.test(value) : value.startsWith("data:image/png;base64,");
  }
  return !/url\((?!["']?#)|image-set|expression|position|\\/i.test(value);
}
