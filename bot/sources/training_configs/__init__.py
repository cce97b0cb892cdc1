"""What would be trained? Reads the config of a training run, whatever tool it is for, known by what it says.

Adding a tool = one `Tool`, one line in the table and a sample in the tests.
"""

import re

from bot.readiness.training_config import TrainingConfig
from bot.sources.training_configs import hosted, own_machines, said
from bot.sources.training_configs.said import MAX_BYTES
from bot.sources.trouble import not_supported

__all__ = ["MAX_BYTES", "TOOLS", "read"]

_KEY, _SHOWN = re.compile(r"[A-Za-z_][\w-]{0,30}"), 5

# in the order in which they are tried: what is known by fewer signs comes after what has more of them
TOOLS = (
    hosted.BEDROCK,
    hosted.VERTEX,
    hosted.OPENPIPE,
    hosted.FIREWORKS,
    hosted.COHERE,
    hosted.PREDIBASE,
    hosted.MOSAIC,
    hosted.MISTRAL,
    hosted.AZURE,
    hosted.TOGETHER,
    hosted.OPENAI,
    own_machines.TORCHTUNE,
    own_machines.LLAMA_FACTORY,
    own_machines.TRL,
    own_machines.AXOLOTL,
    own_machines.UNSLOTH,
)


def read(raw: bytes) -> TrainingConfig:
    """Say what a training config says; raises Unreadable. Never holds the value of a key like `api_key` or `token`."""
    config = said.read(raw)
    tool = next((tool for tool in TOOLS if tool.fits(config)), None)
    if tool is None:
        names = ", ".join(sorted((each.name for each in TOOLS), key=str.lower))
        keys = [key for key in config.data if _KEY.fullmatch(key)][:_SHOWN]
        told = f": its keys are {', '.join(f'`{key}`' for key in keys)}" if keys else ""
        raise not_supported(
            f"The config is of no tool that is read here{told}.",
            f"Link the config that the trainer takes, of one of these: {names}.",
        )
    return tool.read(config)
