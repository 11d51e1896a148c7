"""The models of the scripts, one per file, each with its Config beside it."""

from coursekit.torch.models.recurrent import Recurrent as Recurrent
from coursekit.torch.models.window import Window as Window
