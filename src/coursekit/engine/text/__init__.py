"""Text for models: vocabularies, batches, counting models to beat, and BLEU."""

from coursekit.engine.text.batches import bptt as bptt
from coursekit.engine.text.batches import columns as columns
from coursekit.engine.text.batches import padded as padded
from coursekit.engine.text.bleu_score import Bleu as Bleu
from coursekit.engine.text.bleu_score import bleu as bleu
from coursekit.engine.text.ngram import NGram as NGram
from coursekit.engine.text.vocabulary import BytePairs as BytePairs
from coursekit.engine.text.vocabulary import Characters as Characters
from coursekit.engine.text.vocabulary import Vocabulary as Vocabulary
from coursekit.engine.text.vocabulary import VocabularyError as VocabularyError
from coursekit.engine.text.vocabulary import Words as Words
from coursekit.engine.text.vocabulary import tokenise as tokenise
