"""Small data for the lessons: embedded tables and texts, and toys drawn from a seed."""

from coursekit.engine.data.embedded import Braking as Braking
from coursekit.engine.data.embedded import Iris as Iris
from coursekit.engine.data.embedded import Review as Review
from coursekit.engine.data.embedded import braking as braking
from coursekit.engine.data.embedded import iris as iris
from coursekit.engine.data.embedded import names as names
from coursekit.engine.data.embedded import reviews as reviews
from coursekit.engine.data.embedded import scenes as scenes
from coursekit.engine.data.embedded import shakespeare as shakespeare
from coursekit.engine.data.films import Ratings as Ratings
from coursekit.engine.data.films import ratings as ratings
from coursekit.engine.data.pictures import SHAPES as SHAPES
from coursekit.engine.data.pictures import Pictures as Pictures
from coursekit.engine.data.pictures import shapes as shapes
from coursekit.engine.data.toys import BRAKING_WEIGHTS as BRAKING_WEIGHTS
from coursekit.engine.data.toys import Pair as Pair
from coursekit.engine.data.toys import Speech as Speech
from coursekit.engine.data.toys import Xor as Xor
from coursekit.engine.data.toys import braking_like as braking_like
from coursekit.engine.data.toys import dates as dates
from coursekit.engine.data.toys import either_way as either_way
from coursekit.engine.data.toys import greetings as greetings
from coursekit.engine.data.toys import speech as speech
from coursekit.engine.data.toys import xor as xor
