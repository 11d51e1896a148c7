/**
 * Takes from a worker all that Python does not need, before any code of a reader runs in it.
 *
 * A cell can reach the worker's global object (`import js`), and through it whatever the browser
 * offers there: storage, caches, other workers, sockets. What stays is listed here, not what goes,
 * so that what browsers will add is gone as well. content_security_policy.py holds what an import
 * or a fetch that is left could ask of the network.
 */

const LANGUAGE = `globalThis Object Function Array Number parseFloat parseInt Infinity NaN undefined
  Boolean String Symbol Date Promise RegExp Error AggregateError EvalError RangeError ReferenceError
  SyntaxError TypeError URIError JSON Math Intl ArrayBuffer SharedArrayBuffer Atomics DataView
  Uint8Array Int8Array Uint16Array Int16Array Uint32Array Int32Array BigUint64Array BigInt64Array
  Uint8ClampedArray Float16Array Float32Array Float64Array Map BigInt Set Iterator WeakMap WeakSet
  WeakRef Proxy Reflect FinalizationRegistry decodeURI decodeURIComponent encodeURI
  encodeURIComponent escape unescape eval isFinite isNaN WebAssembly`;

/**
 * What Pyodide and our own worker call besides; none of it reaches beyond the worker.
 * `importScripts` tells Pyodide that it is in one; in a module, as ours is, it does nothing but
 * throw.
 */
const BROWSER = `self importScripts WorkerGlobalScope DedicatedWorkerGlobalScope constructor location navigator
  isSecureContext crossOriginIsolated console performance crypto atob btoa
  setTimeout clearTimeout setInterval clearInterval queueMicrotask structuredClone
  MessageChannel MessagePort MessageEvent Event EventTarget ErrorEvent PromiseRejectionEvent
  DOMException AbortController AbortSignal URL URLSearchParams TextEncoder TextDecoder Blob
  Headers Request Response ReadableStream`;

const NAVIGATOR = `constructor hardwareConcurrency language languages onLine platform userAgent`;

/** Throws where the browser does not let go of something: better no Python than one with a door. */
export function lockDown(scope: { readonly navigator: object }): void {
  const { navigator } = scope;
  strip(scope, `${LANGUAGE} ${BROWSER}`);
  strip(navigator, NAVIGATOR);
}

function strip(object: object, kept: string): void {
  const names = new Set<PropertyKey>(kept.split(/\s+/));
  for (const part of chain(object)) {
    for (const name of Reflect.ownKeys(part)) {
      if (typeof name === "symbol" || names.has(name) || Reflect.deleteProperty(part, name)) continue;
      const { value, get } = Reflect.getOwnPropertyDescriptor(part, name)!;
      if (get || Object(value) === value) throw new Error(`the browser does not let go of ${name}`);
    }
  }
}

/** An object and its prototypes, but those that every event target and every object shares. */
function chain(object: object): object[] {
  const parts: object[] = [];
  const shared = new Set<object>([EventTarget.prototype, Object.prototype]);
  for (let part = object; part && !shared.has(part); part = Reflect.getPrototypeOf(part)!) parts.push(part);
  return parts;
}
