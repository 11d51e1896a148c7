/**
 * Which cell runs when, how it is stopped, and what runs again when Python had to be started anew.
 *
 * One session lasts as long as the visit and serves every page of it. It knows neither the DOM nor
 * Pyodide: the worker is handed in, and whoever shows the cells is told which of them changed.
 */

import * as cellState from "./cell_state.ts";
import type { Cell, Note, Page } from "./cell_state.ts";
import { newJob, type Job, type Request } from "./job.ts";
import type { End, Order, Phase, Report, Value } from "./protocol.ts";

export const PATIENCE = 200; // ms an interrupt may take before the worker is ended

/** A worker that runs Python, and the ways to reach it while it is busy. */
export interface PythonWorker {
  post(order: Order): void;
  interrupt(): boolean; // false where the browser gives no way
  answer(text: string): void;
  end(): void;
}

/** What the session needs of the world. */
export interface World {
  spawn(receive: (report: Report) => void): PythonWorker;
  now(): number;
  after(ms: number, act: () => void): () => void; // returns what calls it off
  changed(cell: Cell): void;
}

export type Session = ReturnType<typeof createSession>;

export function createSession(world: World) {
  const pages = new Map<string, Page>();
  let visible = "";
  let worker: PythonWorker | null = null;
  let ready = false;
  let phases: Phase[] = [];
  const nearby = new Set<string>(); // code of the cells that the reader came near
  let queue: Job[] = [];
  let current: Job | null = null;

  // --- cells --------------------------------------------------------------------------------------

  function pageOf(name: string): Page {
    const page = pages.get(name) ?? cellState.newPage();
    pages.set(name, page);
    return page;
  }

  function cellOf(page: string, name: string): Cell {
    const cells = pageOf(page).cells;
    const cell = cells.get(name) ?? cellState.newCell(page, name);
    cells.set(name, cell);
    return cell;
  }

  function change(cell: Cell, news: Partial<Cell>): void {
    Object.assign(cell, news);
    world.changed(cell);
  }

  /** What happened to the cell whose end made Python start again; the last word ends its part. */
  function tellHost(page: Page, note: Note): void {
    if (page.host) change(page.host, { note });
    if (note !== "reviving") page.host = null;
  }

  // --- queue --------------------------------------------------------------------------------------

  function show(job: Job, news: Partial<Cell>): void {
    if (!job.quiet) change(cellOf(job.page, job.cell), news);
  }

  /** Takes jobs out of the queue, as if nobody had asked for them. */
  function withdraw(which: (job: Job) => boolean, note?: Note): Job[] {
    const gone = queue.filter(which);
    queue = queue.filter((job) => !which(job));
    for (const job of gone) show(job, note === undefined ? { busy: null } : { busy: null, note });
    return gone;
  }

  function pump(): void {
    if (current || !queue[0]) return;
    wake();
    if (!ready || !worker) return;
    if (!pageOf(queue[0].page).alive) revive(queue[0].page);
    current = queue.shift()!;
    current.stage = "sent";
    show(current, { busy: "running", since: world.now() });
    const { id, page, cell, code, holds, checks, asks } = current;
    worker.post({ kind: "run", id, page, cell, code, holds, checks, asks });
    for (const job of queue) show(job, {}); // who waits for whom has changed
  }

  function settle(job: Job, end: End, ms: number, values: Value[] = []): void {
    job.alarm();
    current = null;
    const page = pageOf(job.page);
    const cell = cellOf(job.page, job.cell);
    const { code, holds, asks, answers } = job;
    if (job.forsaken) cell.ran = null;
    else if (end !== "stopped" && !job.checks) cell.ran = { code, holds, asks, answers };
    cell.question = null;
    cell.values = values;
    show(job, { busy: null, settled: end, ms });
    if (job.again) countRevived(page);
    else if (end !== "done" && !job.mayFail) skipAfter(job);
  }

  function skipAfter(job: Job): void {
    withdraw((other) => other.page === job.page && !other.again, "skipped");
  }

  // --- the worker and its end ---------------------------------------------------------------------

  function wake(): void {
    if (worker) return;
    const mine = world.spawn((report) => {
      if (worker === mine) receive(report);
    });
    worker = mine;
  }

  /** The worker is gone, and with it every namespace. */
  function lose(): void {
    worker?.end();
    worker = null;
    ready = false;
    phases = [];
    current = null;
    for (const page of pages.values()) Object.assign(page, { alive: false, again: null });
    withdraw((job) => job.again);
  }

  /** Puts the cells of a page that had run in front of the queue. */
  function revive(name: string): void {
    const page = pageOf(name);
    const jobs = cellState.cellsThatRan(page).map((cell) => {
      const { code, holds, asks, answers } = cell.ran!;
      const quiet = cell === page.host || cell.settled === "stopped";
      const task = { page: name, cell: cell.name, code, holds, asks, checks: null };
      const request = { ...task, mayFail: true };
      return { ...newJob(request), again: true, quiet, known: [...answers] };
    });
    page.alive = true;
    page.again = jobs.length ? { index: 1, of: jobs.length } : null;
    queue.unshift(...jobs);
    for (const job of jobs) show(job, { busy: "loading" });
    tellHost(page, page.again ? "reviving" : "restarted");
  }

  function countRevived(page: Page): void {
    if (!page.again) return;
    page.again.index += 1;
    if (page.again.index > page.again.of) page.again = null;
    tellHost(page, page.again ? "reviving" : "revived");
  }

  /** A run took Python with it: say so at its cell, and bring the page's other cells back. */
  function startAgain(job: Job): void {
    const page = pageOf(job.page);
    lose();
    if (job.forsaken) {
      for (const cell of cellState.cellsThatRan(page)) forget(cell);
    } else {
      page.host = cellOf(job.page, job.cell);
      if (job.page === visible) revive(job.page);
      else tellHost(page, "restarted");
    }
    wake();
    pump();
  }

  function forget(cell: Cell): void {
    cellState.forget(cell);
    world.changed(cell);
  }

  function crashed(message: string): void {
    const job = current;
    if (!ready) {
      lose();
      const waiting = queue;
      queue = [];
      for (const { page, cell, code } of waiting) {
        cellState.fail(cellOf(page, cell), code, "boot", message);
        world.changed(cellOf(page, cell));
      }
      for (const page of pages.values()) tellHost(page, "unreachable");
    } else if (!job || job.stage === "cancelled") {
      lose();
      pump();
    } else {
      job.alarm();
      cellState.fail(cellOf(job.page, job.cell), job.code, "crash", message);
      if (!job.again) skipAfter(job);
      startAgain(job);
    }
  }

  // --- stopping -----------------------------------------------------------------------------------

  function halt(job: Job): void {
    if (!worker || job.stage === "stopping" || job.stage === "cancelled") return;
    if (job.stage === "sent") {
      job.stage = "cancelled";
      worker.post({ kind: "cancel", id: job.id });
      show(job, { busy: null });
      return;
    }
    job.stage = "stopping";
    if (worker.interrupt()) job.alarm = world.after(PATIENCE, () => kill(job));
    else kill(job);
  }

  function kill(job: Job): void {
    settle(job, "stopped", world.now() - cellOf(job.page, job.cell).since);
    startAgain(job);
  }

  /** The reader does not want the page's cells run again. */
  function forsake(name: string): void {
    const page = pageOf(name);
    page.again = null;
    tellHost(page, "forsaken");
    for (const job of withdraw((job) => job.again && job.page === name)) {
      forget(cellOf(job.page, job.cell));
    }
    if (current?.again && current.page === name) {
      current.forsaken = true;
      halt(current);
    }
  }

  // --- what the worker says -----------------------------------------------------------------------

  function receive(report: Report): void {
    const job = "id" in report && report.id === current?.id ? current : null;
    switch (report.kind) {
      case "progress":
        phases = report.phases;
        if (job?.stage === "sent") show(job, { busy: "loading" });
        for (const waiting of queue) show(waiting, {});
        return;
      case "ready":
        ready = true;
        pump();
        for (const code of nearby) worker?.post({ kind: "prepare", code });
        return;
      case "begun": {
        if (!job) return;
        const tooLate = job.stage === "cancelled";
        job.stage = "begun";
        if (!job.quiet) cellState.begin(cellOf(job.page, job.cell), job.code, world.now());
        show(job, {});
        if (tooLate) halt(job);
        return;
      }
      case "output":
        if (!job || job.quiet) return;
        cellState.addOutput(cellOf(job.page, job.cell), report.output);
        return show(job, {});
      case "ask": {
        if (!job) return;
        const known = job.known.shift();
        if (known !== undefined) return reply(known);
        return change(cellOf(job.page, job.cell), { question: report.prompt });
      }
      case "finished":
        if (!job) return;
        if (job.stage === "cancelled") {
          current = null;
          if (job.again) countRevived(pageOf(job.page));
        } else settle(job, report.end, report.ms, report.values);
        return pump();
      case "crashed":
        return crashed(report.message);
    }
  }

  function reply(text: string): void {
    if (!current) return;
    current.answers.push(text);
    worker?.answer(text);
    change(cellOf(current.page, current.cell), { question: null });
  }

  // --- what the page asks -------------------------------------------------------------------------

  function stop(page: string, name: string): void {
    const mine = (job: Job): boolean => job.page === page && job.cell === name && !job.quiet;
    const running = current && mine(current) && current.stage !== "cancelled" ? current : null;
    const job = running ?? queue.find(mine);
    if (job?.again) forsake(page);
    else if (running) halt(running);
    else if (job) withdraw((other) => other === job);
  }

  return {
    /** The reader is on this page now; its cells, in order. */
    open(page: string, order: string[]): void {
      visible = page;
      pageOf(page).order = order;
    },

    /** The reader may soon run this cell: start Python, and fetch what the cell will need. */
    warm(code: string): void {
      wake();
      if (ready && !nearby.has(code)) worker?.post({ kind: "prepare", code });
      nearby.add(code);
    },

    run(request: Request): void {
      const cell = cellOf(request.page, request.cell);
      if (cell.busy) return;
      queue.push(newJob(request));
      change(cell, { busy: "loading", draft: request.code });
      pump();
    },

    /** Stops a run, or calls it off where it still waits. */
    stop,

    /** Stops whatever runs, on whichever page. */
    stopRunning(): void {
      if (current) stop(current.page, current.cell);
    },

    forsake,

    /**
     * A new Python, in which nothing is left of what the page did to the old one; its cells are as if
     * they had not run. While another page's cell runs, the page's names alone are forgotten.
     */
    restart(name: string): void {
      const page = pageOf(name);
      withdraw((job) => job.page === name);
      if (current ? current.page === name : ready) {
        current?.alarm();
        lose();
      } else worker?.post({ kind: "forget", page: name });
      Object.assign(page, { alive: false, host: null, again: null });
      for (const cell of page.cells.values()) {
        change(cell, { settled: "idle", busy: null, question: null, ran: null, note: null });
      }
      wake();
      pump();
    },

    answer: reply,

    /** The reader changed the code. */
    edit(page: string, name: string, code: string): void {
      change(cellOf(page, name), { draft: code });
    },

    /** Takes the cell's output off the page. */
    clear(page: string, name: string): void {
      const cell = cellOf(page, name);
      change(cell, { run: cell.run + 1, outputs: [] });
    },

    /** The cell as the author left it; what it did to the namespace stays. */
    reset(page: string, name: string): void {
      const cell = cellOf(page, name);
      const run = cell.run + 1;
      change(cell, { settled: "idle", note: null, draft: null, outputs: [], run });
    },

    cell: cellOf,

    /** What a cell that is not running yet waits for. */
    waitsFor(cell: Cell): "python" | "turn" | "elsewhere" {
      const first = current ?? queue[0];
      if (first?.page === cell.page && first.cell === cell.name) return "python";
      return first && first.page !== cell.page ? "elsewhere" : "turn";
    },

    /** Whether Python is on its way. */
    loading: (): boolean => worker !== null && !ready,

    /** The parts of Python that are loading, and how far a page's running again has come. */
    progress(page: string): { ready: boolean; phases: Phase[]; again: Page["again"] } {
      return { ready, phases, again: pageOf(page).again };
    },
  };
}
