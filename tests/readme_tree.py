"""Makes the README's file tree out of the files' own first sentences.

python3 tests/readme_tree.py writes it; test_repository.py says when that is due. What cannot speak
for itself (a folder of TypeScript, a lock) keeps the words that the README has for it.
"""

import ast
import pathlib
import re
import subprocess

ROOT = pathlib.Path(__file__).resolve().parents[1]
README = ROOT / "README.md"

TOP = ("README.md", "CONTRIBUTING.md", "CHANGELOG.md", "LICENSE", "dev.py")  # in this order, first
WHOLE = (  # folders whose line stands for all that they hold
    ".ci/", ".github/", "docs/", "lessons/", "src/coursekit/engine/datasets/",
    "src/coursekit/site/theme/css/", "src/coursekit/site/theme/overrides/",
    "src/coursekit/site/words/", "tests/benchmarks/", "tests/browser/", "tests/engine/",
    "tests/lessons/", "tests/site/", "tests/torch/",
)  # fmt: skip
UNLISTED = re.compile(r".+/(__init__\.py|README\.md)|\.gitignore")  # their folder speaks for them

TREE = re.compile(r"(?<=^```text\n).*?(?=^```$)", re.MULTILINE | re.DOTALL)
_HEAD = re.compile(r"\s*(?:/\*+(?P<block>.*?)\*/|(?P<lines>(?://[^\n]*\n)+))", re.DOTALL)


def tracked() -> list[str]:
    """Every file of the repository, by its path, whether it is committed yet or not."""
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    return sorted(name for name in done.stdout.split("\0") if name and (ROOT / name).exists())


def sentence(path: pathlib.Path) -> str:
    """The first sentence of a source, or of a package; "" where none is at its head."""
    if path.is_dir():
        path /= "__init__.py"
    if not path.exists():
        return ""
    text = path.read_text(encoding="utf-8", errors="replace")
    if path.suffix == ".py":
        head = ast.get_docstring(ast.parse(text)) or ""
    elif path.suffix in {".ts", ".mjs", ".css"} and (found := _HEAD.match(text)):
        head = re.sub(r"^\s*(\*|//) ?", "", next(filter(None, found.groups())), flags=re.M)
    else:
        head = ""
    paragraph = " ".join(head.strip().partition("\n\n")[0].split())
    return re.split(r"(?<=[.?!])\s", paragraph, maxsplit=1)[0].removesuffix(".")


def listed(files: list[str]) -> list[str]:
    """The paths that get a line, in the order of the tree; a folder's ends in a slash."""
    found = set()
    for name in files:
        whole = next((folder for folder in WHOLE if name.startswith(folder)), "")
        parts = pathlib.PurePosixPath(whole or name).parts
        folders = ["/".join(parts[:n]) + "/" for n in range(1, len(parts) + bool(whole))]
        found |= {*folders, *([] if whole or UNLISTED.fullmatch(name) else [name])}

    def key(path: str) -> tuple[object, ...]:
        parts = path.rstrip("/").split("/")
        top = TOP.index(path) if path in TOP else len(TOP) + ("/" in path)
        return (top, *((part.count("."), part) for part in parts))

    return sorted(found, key=key)


def words(tree: str) -> dict[str, str]:
    """Path -> what a tree says of it."""
    said: dict[str, str] = {}
    above: list[str] = []
    for line in tree.splitlines():
        indent, name, purpose = re.fullmatch(r"( *)(\S+)(?:  +(\S.*))?", line).groups()
        above[len(indent) // 2 :] = [name]
        said["".join(above)] = purpose or ""
    return said


def render(files: list[str], old: str) -> str:
    """The tree of these files; `old` is the one whose words stay where a path has none."""
    kept = words(old)
    rows = []
    for path in listed(files):
        *above, name = path.rstrip("/").split("/")
        shown = f"{'  ' * len(above)}{name}{'/' if path.endswith('/') else ''}"
        purpose = sentence(ROOT / path) or kept.get(path, "")
        rows.append((shown, purpose))
    width = max(len(shown) for shown, _ in rows)
    return "".join(f"{shown:{width}}  {purpose}".rstrip() + "\n" for shown, purpose in rows)


def main() -> None:
    """Put the tree of today into the README."""
    text = README.read_text(encoding="utf-8")
    [old] = TREE.findall(text)
    README.write_text(text.replace(old, render(tracked(), old)), encoding="utf-8")


if __name__ == "__main__":
    main()
