"""Do the channels deliver? To real servers on this machine: of mail, of HTTP, and the sandbox's issues."""
