"""``python -m runs`` is ``abm``."""

import sys

from runs.command_line import main

sys.exit(main())
