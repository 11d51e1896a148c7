"""What the browser loads: Python and its packages, our code, the scripts, and who may load what."""
