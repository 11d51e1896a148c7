/** The ball on the home page: its loss, and the walk that a learning rate takes it on. No DOM. */

export const START = 2.6;
export const STEPS = 24;
export const EDGE = 2.9; // beyond it the ball has left the page

const RESTED = 0.06; // a slope smaller than this counts as level ground

/** Two valleys: a near one to the right, and a deeper one behind a hill. */
export function loss(w: number): number {
  return w ** 4 / 8 - w ** 2 / 2 + w / 4 + 1;
}

export function slope(w: number): number {
  return w ** 3 / 2 - w + 1 / 4;
}

export type Ending = "near" | "deep" | "away" | "moving";

/** Gradient descent from START: every place the ball comes to, and how it ends. */
export function walk(rate: number): { places: number[]; ending: Ending } {
  const places = [START];
  let w = START;
  while (places.length <= STEPS && Math.abs(w) <= EDGE) {
    w -= rate * slope(w);
    places.push(w);
  }
  if (Math.abs(w) > EDGE) return { places, ending: "away" };
  if (Math.abs(slope(w)) > RESTED) return { places, ending: "moving" };
  return { places, ending: w > 0 ? "near" : "deep" };
}
