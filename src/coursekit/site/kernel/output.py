"""What a cell can show: one plain dict each, whose "kind" says what else is in it.

runtime/python/protocol.ts lists the kinds with their fields, and validate.ts holds the page to it.
"""

from collections.abc import Callable
from typing import Any

Output = dict[str, Any]
Emit = Callable[[Output], None]
