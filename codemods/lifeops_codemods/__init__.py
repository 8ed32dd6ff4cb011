"""Read a FastAPI project without running it, plan its migration to a written standard, apply it.

`pipeline` names the stages in the order they run; start reading there.
"""

__version__ = "0.1.0"
