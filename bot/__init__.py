"""The processes: the only place that imports a chat library or a scheduler."""
