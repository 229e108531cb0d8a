"""AgentSkills: run standard operating procedures with agent skills, and rerun them safely."""

__version__ = "0.1.0"


class EffectNotDone(Exception):
    """Raised by a python skill to say that its effect has not happened, so that it may be tried again.

    Any class of this name will do, so a skill need not import this one.
    """
