"""`python -m hub_config.cli`, which the launcher calls."""

import sys

from hub_config.cli import main

sys.exit(main())
