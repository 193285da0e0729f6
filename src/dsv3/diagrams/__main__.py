"""Write the map of the model and its cluster as an SVG file, for the README."""

import sys

from dsv3.diagrams import model_map

sys.stdout.write(model_map().file())
