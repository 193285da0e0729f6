"""Run the command as ``python -m dsv3.cli``."""

import sys

from dsv3.cli import main

sys.exit(main())
