"""AgentSkills: run standard operating procedures with agent skills, and rerun them safely."""

__version__ = "0.1.0"
