"""Looks at everything that must be right for a night: devices, sound, recogniser, voice, disk, service, settings."""
