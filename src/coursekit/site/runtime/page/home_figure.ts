/** The home page's live figure: a ball goes downhill in steps of the size that a slider says. */

import { wordsOf, type Key } from "../common/words.ts";
import { EDGE, START, STEPS, loss, slope, walk } from "./descent.ts";
import { onPageLoad } from "./on_page_load.ts";

const SVG = "http://www.w3.org/2000/svg";
const [WIDTH, HEIGHT] = [720, 560]; // of the figure's viewBox
const FLOOR = HEIGHT - 46; // where loss is 0
const PER_W = 640 / 6;
const PER_LOSS = (HEIGHT - 70) / 5.4;
const RADIUS = 11;
const OUTSIDE = 3.1; // a place off the page is drawn here, just out of sight
const UNSEEN = 0.003; // a step too short to be seen
const FIRST_RUN = 500; // ms after the page stands, the ball rolls once by itself

type Point = [x: number, y: number];

const x = (w: number): number => 40 + (w + 3) * PER_W;

/** The point of the curve at `w`. */
function onCurve(w: number): Point {
  const drawn = Math.max(-OUTSIDE, Math.min(OUTSIDE, w));
  return [x(drawn), FLOOR - loss(drawn) * PER_LOSS];
}

/** Where the ball's centre is when it touches the curve at `w`. */
function resting(w: number): Point {
  const [px, py] = onCurve(w);
  const rise = (slope(w) * PER_LOSS) / PER_W;
  const length = Math.hypot(1, rise);
  return [px - (RADIUS * rise) / length, py - RADIUS / length];
}

/** How high the ball must hop on its way from one place to another to clear what lies between. */
function hop(from: number, to: number): number {
  const [a, b] = [resting(from), resting(to)];
  let height = 0;
  for (let k = 0.1; k < 0.95; k += 0.1) {
    const ground = resting(from + (to - from) * k)[1];
    height = Math.max(height, (a[1] + (b[1] - a[1]) * k - ground) / (4 * k * (1 - k)));
  }
  return height;
}

function svg(name: string, attributes: Record<string, string | number>, text = ""): SVGElement {
  const node = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) node.setAttribute(key, String(value));
  node.textContent = text;
  return node;
}

function path(points: Point[]): string {
  return points.map((point) => point.map((n) => n.toFixed(1)).join(" ")).join(" ");
}

function drawAxes(axes: Element): void {
  const tick = (w: number): Node[] => [
    svg("line", { x1: x(w), x2: x(w), y1: FLOOR - 3, y2: FLOOR + 3 }),
    svg("text", { x: x(w), y: FLOOR + 24, "text-anchor": "middle" }, `${w}`.replace("-", "−")),
  ];
  axes.replaceChildren(
    svg("line", { x1: 40, x2: 690, y1: FLOOR, y2: FLOOR }),
    svg("text", { x: 690, y: FLOOR + 24, "text-anchor": "end" }, "w"),
    svg("text", { x: 40, y: 26 }, "loss"),
    ...[-2, -1, 0, 1, 2].flatMap(tick),
  );
}

function drawCurve(curve: Element): void {
  const places = Array.from({ length: 144 }, (_, n) => (n / 143 - 0.5) * 2 * (EDGE - 0.04));
  curve.setAttribute("d", `M${path(places.map(onCurve))}`);
}

function open(): void {
  const cell = document.querySelector<HTMLElement>("#descent");
  if (!cell || cell.dataset.live) return;
  cell.dataset.live = "";
  const find = <E extends Element>(selector: string): E => document.querySelector<E>(selector)!;
  const [rate, shown, code] = [find<HTMLInputElement>("#lr"), find("#lrout"), find("#lrnum")];
  const [ball, trail, story] = [find("#plot .ball"), find("#plot .trail"), find("#story")];
  const words = wordsOf(document.documentElement.lang);
  const still = matchMedia("(prefers-reduced-motion: reduce)");
  let turn = 0; // counts the runs, so that a new one ends the one before

  function put([cx, cy]: Point): void {
    ball.setAttribute("cx", cx.toFixed(1));
    ball.setAttribute("cy", cy.toFixed(1));
  }

  /** What is said on the way is for the eye alone: a voice would not keep up. */
  function say(key: Key, values: Record<string, string | number>, aloud: boolean): void {
    const line = document.createElement("span");
    line.textContent = words(key, values);
    line.ariaHidden = aloud ? null : "true";
    story.replaceChildren(line);
  }

  function leaveTrail(places: number[]): void {
    const points = places.map(onCurve);
    const dots = points.slice(0, -1).map(([cx, cy]) => svg("circle", { cx, cy, r: 4 }));
    trail.replaceChildren(svg("polyline", { points: path(points) }), ...dots);
  }

  /** Moves the ball to its next place; false when another run has begun meanwhile. */
  function step(from: number, to: number, ms: number, mine: number): Promise<boolean> {
    const [a, b, height] = [resting(from), resting(to), hop(from, to)];
    const start = performance.now();
    return new Promise((resolve) => {
      const draw = (now: number): void => {
        if (mine !== turn || !cell!.isConnected) return resolve(false);
        const k = Math.min(1, Math.max(0, (now - start) / ms));
        const eased = 1 - (1 - k) ** 3;
        const lift = 4 * height * eased * (1 - eased);
        put([a[0] + (b[0] - a[0]) * eased, a[1] + (b[1] - a[1]) * eased - lift]);
        if (k < 1) requestAnimationFrame(draw);
        else resolve(true);
      };
      requestAnimationFrame(draw);
    });
  }

  /** The walk as it ends, without the way there. */
  function finish(aloud: boolean): void {
    const { places, ending } = walk(Number(rate.value));
    const last = places.at(-1)!;
    leaveTrail(places);
    put(resting(last));
    cell!.dataset.state = ending === "away" ? "stopped" : "done";
    const values = { n: places.length - 1, steps: STEPS, loss: loss(last).toFixed(2) };
    say(`home_${ending}`, values, aloud);
  }

  async function run(): Promise<void> {
    const mine = ++turn;
    const { places } = walk(Number(rate.value));
    cell!.dataset.state = "running";
    for (let n = 1; n < places.length && !still.matches; n++) {
      const [from, to] = [places[n - 1]!, places[n]!];
      if (Math.abs(to - from) < UNSEEN) break;
      leaveTrail(places.slice(0, n));
      say("home_step", { n, loss: loss(to).toFixed(2) }, false);
      if (!(await step(from, to, Math.max(110, 420 - 40 * n), mine))) return;
    }
    finish(true);
  }

  function showRate(): void {
    const value = Number(rate.value).toFixed(2);
    shown.textContent = value;
    code.textContent = value;
  }

  drawAxes(find("#plot .axes"));
  drawCurve(find("#plot .curve"));
  put(resting(START));
  showRate();
  rate.addEventListener("input", () => {
    turn += 1; // while the knob moves the figure shows where the walk ends
    showRate();
    finish(false);
  });
  rate.addEventListener("change", () => void run());
  find<HTMLButtonElement>("#go").addEventListener("click", () => void run());
  setTimeout(() => turn === 0 && void run(), FIRST_RUN);
}

onPageLoad(open);
