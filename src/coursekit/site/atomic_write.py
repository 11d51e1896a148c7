"""Writes a file whole: whoever reads it meanwhile finds the old one or the new one."""

import os
import pathlib


def write(path: pathlib.Path, data: bytes) -> None:
    """Put a file there, and the folders that lead to it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f"{path.name}.{os.getpid()}.part")
    part.write_bytes(data)
    part.replace(path)
