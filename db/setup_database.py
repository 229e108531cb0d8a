"""Set up the database: the same as `asf db upgrade`."""

import sys

from agentskills.cli.main import main

if __name__ == "__main__":
    sys.argv[1:] = ["db", "upgrade"]
    main()
