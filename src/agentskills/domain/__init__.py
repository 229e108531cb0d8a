"""What AgentSkills is about, without any input or output."""
