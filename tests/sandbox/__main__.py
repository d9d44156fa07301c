"""`python tests/sandbox …`: the code behind scripts/sandbox, runnable by a bare Python without any environment."""

import sys
from pathlib import Path

# the folder itself is there because Python was given it; its modules are to be found as sandbox.NAME only
sys.path[0] = str(Path(__file__).resolve().parents[1])

if __name__ == "__main__":
    from sandbox.cli import main

    sys.exit(main(sys.argv[1:]))
