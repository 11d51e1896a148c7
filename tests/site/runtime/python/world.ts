/** A world without DOM, Pyodide or time: workers that say what a test tells them to. */

import assert from "node:assert/strict";
import { stateOf } from "../../../../src/coursekit/site/runtime/python/cell_state.ts";
import type { End, Order, Output, Report } from "../../../../src/coursekit/site/runtime/python/protocol.ts";
import { createSession, type PythonWorker } from "../../../../src/coursekit/site/runtime/python/session.ts";

type Run = Extract<Order, { kind: "run" }>;

export class FakeWorker implements PythonWorker {
  readonly posted: Order[] = [];
  readonly answers: string[] = [];
  interrupts = 0;
  ended = false;

  constructor(
    readonly receive: (report: Report) => void,
    readonly canInterrupt: boolean,
  ) {}

  post(order: Order): void {
    assert.ok(!this.ended, "nothing is sent to a worker that was ended");
    this.posted.push(order);
  }

  interrupt(): boolean {
    this.interrupts += 1;
    return this.canInterrupt;
  }

  answer(text: string): void {
    this.answers.push(text);
  }

  end(): void {
    this.ended = true;
  }

  runs(): Run[] {
    return this.posted.filter((order) => order.kind === "run");
  }

  /** The code of every run that was sent, in order. */
  codes(): string[] {
    return this.runs().map((run) => run.code);
  }

  ready(): void {
    this.receive({ kind: "ready" });
  }

  begin(): void {
    this.receive({ kind: "begun", id: this.runs().at(-1)!.id });
  }

  output(output: Output): void {
    this.receive({ kind: "output", id: this.runs().at(-1)!.id, output });
  }

  print(text: string): void {
    this.output({ kind: "text", stream: "stdout", text });
  }

  ask(prompt: string): void {
    this.receive({ kind: "ask", id: this.runs().at(-1)!.id, prompt });
  }

  finish(end: End = "done", ms = 10): void {
    this.receive({ kind: "finished", values: [], id: this.runs().at(-1)!.id, end, ms });
  }

  /** Begins and ends the run that was sent last. */
  complete(end: End = "done"): void {
    this.begin();
    this.finish(end);
  }

  crash(message = "memory access out of bounds"): void {
    this.receive({ kind: "crashed", message });
  }
}

export function createWorld({ isolated }: { isolated: boolean }) {
  const workers: FakeWorker[] = [];
  const changes: string[] = [];
  let alarms: { at: number; act: () => void }[] = [];
  let time = 0;
  const session = createSession({
    spawn(receive) {
      assert.ok(
        workers.every((worker) => worker.ended),
        "one worker at a time",
      );
      workers.push(new FakeWorker(receive, isolated));
      return workers.at(-1)!;
    },
    now: () => time,
    after(ms, act) {
      const alarm = { at: time + ms, act };
      alarms.push(alarm);
      return () => (alarms = alarms.filter((other) => other !== alarm));
    },
    changed: (cell) => changes.push(`${cell.name} ${stateOf(cell)}`),
  });
  session.open("/one/", ["a", "b", "c", "d"]);
  return {
    session,
    workers,
    changes,
    get worker(): FakeWorker {
      return workers.at(-1)!;
    },
    pass(ms: number): void {
      time += ms;
      const due = alarms.filter((alarm) => alarm.at <= time);
      alarms = alarms.filter((alarm) => alarm.at > time);
      for (const alarm of due) alarm.act();
    },
    run(cell: string, code = cell, more: { page?: string; mayFail?: boolean } = {}): void {
      session.run({ page: "/one/", cell, code, holds: "", checks: null, asks: [], mayFail: false, ...more });
    },
    state(cell: string, page = "/one/"): string {
      return stateOf(session.cell(page, cell));
    },
    note(cell: string): string | null {
      return session.cell("/one/", cell).note;
    },
    text(cell: string): string {
      const outputs = session.cell("/one/", cell).outputs;
      return outputs.map((output) => ("text" in output ? output.text : output.kind)).join("|");
    },
  };
}

/** A world whose worker is up and in which these cells of page /one/ have run. */
export function createRunningWorld(options: { isolated: boolean }, ...cells: string[]) {
  const world = createWorld(options);
  world.session.warm("import numpy");
  world.worker.ready();
  for (const cell of cells) {
    world.run(cell);
    world.worker.complete();
  }
  return world;
}
