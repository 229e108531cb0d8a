"""Models by name: build one, ask it for structured data, and count what a call cost.

Importing this package doesn't import Pydantic AI, which takes a second; its functions do.
"""

from __future__ import annotations

from agentskills.models.ask import Answered, ask
from agentskills.models.build import BuiltModel, Models, build_model, no_model, warm_up

__all__ = ["Answered", "BuiltModel", "Models", "ask", "build_model", "no_model", "warm_up"]
