/** Starts the worker that runs Python, and passes the page's orders and its reports on. */

import type { Order, Report } from "./protocol.ts";
import type { PythonWorker } from "./session.ts";
import { answer, calm, createShared, interrupt } from "./shared_memory.ts";
import { toReport } from "./validate.ts";

/** Starts a worker that runs Python; its reports go to `receive`. */
export function spawnWorker(receive: (report: Report) => void): PythonWorker {
  // A worker from a file's address has the policy that the host sends with the file, and most hosts
  // send none; one from a blob: address has the policy of the page that made it.
  const source = `import ${JSON.stringify(new URL("worker.js", import.meta.url))};`;
  const address = URL.createObjectURL(new Blob([source], { type: "text/javascript" }));
  const worker = new Worker(address, { type: "module" });
  const shared = createShared(globalThis.crossOriginIsolated);
  const post = (order: Order): void => worker.postMessage(order);

  worker.onmessage = ({ data }) => {
    receive(toReport(data) ?? { kind: "crashed", message: "it sent the page what is no report" });
  };
  worker.onerror = (event) => {
    event.preventDefault();
    receive({ kind: "crashed", message: event.message || "the worker ended" });
  };
  post({ kind: "start", shared });

  return {
    post(order) {
      if (shared && order.kind === "run") calm(shared);
      post(order);
    },
    interrupt() {
      if (shared) interrupt(shared);
      return shared !== null;
    },
    answer(text) {
      if (shared) answer(shared, text);
    },
    end() {
      worker.terminate();
      URL.revokeObjectURL(address);
    },
  };
}
