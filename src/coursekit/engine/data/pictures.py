"""Ten shapes as small noisy pictures."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


class Pictures(NamedTuple):
    """Pictures and the number of the shape in each."""

    images: NDArray[np.float32]  # (N, channels, 32, 32)
    labels: NDArray[np.intp]  # (N,)


SIDE = 32  # pixels
SHAPES = (
    "disc", "ring", "moon", "triangle", "square", "diamond", "plus", "cross", "star", "heart",
)  # fmt: skip


def shapes(
    rng: np.random.Generator, count: int, *, noise: float = 0.3, channels: int = 1
) -> Pictures:
    """Shapes of random size, place, tilt and brightness, in noise; SHAPES names the labels.

    With `channels=3` each shape and each ground has a colour of its own.

    Units: brightness, about 0 for the ground and 0.5 to 1 for the shape.
    Shapes: (count, channels, 32, 32) float32, (count,).
    """
    if channels not in (1, 3):
        raise ValueError(f"shapes: {channels} channels; must be 1 (grey) or 3 (red, green, blue)")
    labels = rng.integers(len(SHAPES), size=count).astype(np.intp)
    radius = rng.uniform(8, 13, (count, 1, 1))  # pixels
    centre = SIDE / 2 - 0.5 + rng.uniform(-3, 3, (2, count, 1, 1))
    tilt = rng.uniform(-0.25, 0.25, (count, 1, 1))  # about 14 degrees
    rows, cols = np.mgrid[:SIDE, :SIDE]
    down, right = (rows - centre[0]) / radius, (cols - centre[1]) / radius
    u = np.cos(tilt) * right + np.sin(tilt) * down
    v = np.cos(tilt) * down - np.sin(tilt) * right
    inside = np.empty((count, SIDE, SIDE))
    for label, shape in enumerate(SHAPES):
        chosen = labels == label
        inside[chosen] = depth(shape, u[chosen], v[chosen])
    cover = np.clip(inside * radius + 0.5, 0, 1)[:, None]  # soft edges, (N, 1, 32, 32)
    bright = rng.uniform(0.5, 1, (count, channels, 1, 1))
    ground = rng.uniform(0, 0.3, (count, channels, 1, 1)) if channels == 3 else 0.0
    images = (
        ground + cover * (bright - ground) + rng.normal(0, noise, (count, channels, SIDE, SIDE))
    )
    return Pictures(images.astype(np.float32), labels)


def depth(shape: str, u: Floats, v: Floats) -> Floats:
    """How deep a point lies inside the shape of radius 1, below 0 outside.

    `u` goes to the right and `v` down, both 0 in the middle.
    """
    r, box = np.hypot(u, v), np.maximum(abs(u), abs(v))
    if shape == "disc":
        found = 0.9 - r
    elif shape == "ring":
        found = 0.2 - abs(r - 0.75)
    elif shape == "moon":
        found = np.minimum(0.95 - r, np.hypot(u - 0.5, v) - 0.75)
    elif shape == "triangle":
        slope = np.sqrt(0.75)
        found = 0.5 - np.maximum(v - 0.1, slope * abs(u) - (v - 0.1) / 2)
    elif shape == "square":
        found = 0.75 - box
    elif shape == "diamond":
        found = (1 - abs(u) - abs(v)) / np.sqrt(2)
    elif shape == "plus":
        found = np.minimum(0.9 - box, 0.25 - np.minimum(abs(u), abs(v)))
    elif shape == "cross":
        found = depth("plus", (u + v) / np.sqrt(2), (u - v) / np.sqrt(2))
    elif shape == "star":
        fifth = 2 * np.pi / 5
        angle = abs((np.arctan2(u, -v) + fifth / 2) % fifth - fifth / 2)  # from the nearest tip
        inner = 0.45 * np.array([np.cos(fifth / 2), np.sin(fifth / 2)])  # where two tips meet
        edge = np.array([inner[1], 1 - inner[0]]) / np.hypot(inner[1], 1 - inner[0])
        found = edge[0] - r * (edge[0] * np.cos(angle) + edge[1] * np.sin(angle))
    else:  # heart: a diamond with a disc on each of its upper sides
        half = 0.7  # diagonal of the diamond
        diamond = (half - abs(u) - abs(v - 0.1)) / np.sqrt(2)
        discs = half / np.sqrt(2) - np.hypot(abs(u) - half / 2, v - 0.1 + half / 2)
        found = np.maximum(diamond, discs)
    return np.asarray(found)
