"""Does the sandbox answer, refuse and tell as GitHub does? Driven over HTTP, with the clients that the bot uses."""
