"""Imported first by `python -m lifeops_migrate`: takes the working directory off the import path.

Python puts it there for `-m`, and it is mostly the target's: a `click.py` or `typing.py` in it would be executed.
"""

import os
import sys

if not sys.flags.safe_path and sys.path and sys.path[0] in {"", os.getcwd()}:
    del sys.path[0]
