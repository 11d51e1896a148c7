"""The scripts' models, for use in a page. Their twins stand in coursekit.torch.models."""

from coursekit.engine.models.recurrent import Recurrent as Recurrent
from coursekit.engine.models.trained import load as load
from coursekit.engine.models.weights import WeightsError as WeightsError
from coursekit.engine.models.window import Window as Window
