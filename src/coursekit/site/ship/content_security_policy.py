"""The Content-Security-Policy of every page: what it, and the worker that runs Python, may load.

One policy on two ways. Every page carries it as its first tag, which is all that a plain host
gives, and server.py sends it as a header too. The worker has it from the page that starts it
(runtime/python/worker_client.ts tells how), so it holds for a reader's Python as well. Nothing in
it names a host: all that the course loads is its own.
"""

_ALLOWED = {
    # What no line below allows is refused: frames, plug-ins, sound, forms that are sent away.
    "default-src": "'none'",
    # Files of this host: no script stands in a page, and no text becomes code. The exception:
    # Pyodide compiles WebAssembly, which is not 'unsafe-eval'.
    "script-src": "'self' 'wasm-unsafe-eval'",
    # The exception 'unsafe-inline': formulas (KaTeX) and figures (matplotlib) wear style
    # attributes that only they know, and the editor (CodeMirror) writes a style element. What a
    # style can load is held by img-src and font-src.
    "style-src": "'self' 'unsafe-inline'",
    # The exception data: is for heavy figures, which are pictures, and for signs in style sheets.
    "img-src": "'self' data:",
    "font-src": "'self'",
    "connect-src": "'self'",
    # The exception blob: is the worker's own: from such an address it inherits this policy.
    "worker-src": "'self' blob:",
    "manifest-src": "'self'",
    "base-uri": "'none'",
    "form-action": "'none'",
}

META = "; ".join(f"{what} {sources}" for what, sources in _ALLOWED.items())
HEADER = f"{META}; frame-ancestors 'self'"  # which a tag in the page may not say
