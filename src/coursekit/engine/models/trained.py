"""A model of the scripts with the weights that they trained, by its name.

net = models.load("names")
decode.sample(net.next_logits, [[0]], steps=20, rng=rng, eos=0)
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from coursekit.engine.models import weights
from coursekit.engine.models.recurrent import Recurrent
from coursekit.engine.models.window import Window

MODELS: dict[str, type[Any]] = {"Window": Window, "Recurrent": Recurrent}


def load(name: str | Path) -> Window | Recurrent:
    """The trained model of this name, in evaluation mode, with the `card` of its weights.

    Raises: WeightsError if there are no such weights.
    """
    arrays, card = weights.load(name)
    if card.get("model") not in MODELS:
        raise weights.WeightsError(
            f"load({str(name)!r}): the card names the model {card.get('model')!r}; "
            f"this module has {', '.join(MODELS)}"
        )
    model = MODELS[card["model"]](**card["config"], rng=np.random.default_rng(0))
    model.load_state_dict(arrays)
    model.card = card
    model.eval()
    return model
