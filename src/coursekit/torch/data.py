"""Real data sets, read from a folder that the user names."""

from pathlib import Path


class DataError(ValueError):
    """A data set is not where it was looked for."""


def names(folder: Path | None = None) -> list[str]:
    """32,033 first names in small letters, in the order of their file.

    A file names/names.txt or names.txt in `folder` is taken as it is.
    Source: makemore, A. Karpathy 2022, from the US Social Security Administration.
    Raises: DataError if the file is not there.
    """
    if folder is None:
        raise DataError("names: name the folder that holds names.txt with --data")
    for place in (folder / "names" / "names.txt", folder / "names.txt"):
        if place.is_file():
            return place.read_text(encoding="utf-8").split()
    raise DataError(f"names: neither names/names.txt nor names.txt is in {folder}; check --data")
