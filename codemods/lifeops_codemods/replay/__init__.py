"""A plan that was made before, for a project in which nothing has changed since."""

from lifeops_codemods.replay.plans import Inputs, Plans

__all__ = ["Inputs", "Plans"]
