"""Where the repository has what the site is made from."""

import pathlib

SITE = pathlib.Path(__file__).resolve().parent
PACKAGE = SITE.parent
ROOT = PACKAGE.parents[1]
NODE_MODULES = ROOT / "node_modules"
WEIGHTS = ROOT / "docs" / "assets" / "weights"
