"""Print the bibliography: ``python -m dsv3.facts > book/references.bib``."""

import sys

from dsv3.facts import bibtex, sources

sys.stdout.write(bibtex(sources()))
