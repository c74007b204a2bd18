"""``python -m abm`` is the command ``abm``."""

import sys

from abm_command import main

if __name__ == "__main__":
    sys.exit(main())
