"""EDGE. The sandbox's pages for people: plain HTML and forms in which a user of GitHub finds everything where it is there."""

from bot.sandbox.pages.addresses import routes

__all__ = ["routes"]
