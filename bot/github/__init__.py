"""EDGE. GitHub as the bot needs it: what its webhooks say, what a pull request holds, and writing the answer there; the only room that imports PyGithub."""
