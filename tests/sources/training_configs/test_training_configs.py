"""Is each tool's config known by what it says, is each value on its line, and is a hostile file refused in words?"""

from dataclasses import fields
from typing import Any

import pytest

from bot.readiness.evidence import Trouble
from bot.readiness.training_config import Stated, TrainingConfig
from bot.sources import training_configs
from bot.sources.training_configs import MAX_BYTES, TOOLS
from bot.sources.trouble import Unreadable
from tests.sources.training_configs.samples import SAMPLES, Expected


def refused(raw: bytes) -> str:
    with pytest.raises(Unreadable) as caught:
        training_configs.read(raw)
    fact = caught.value.fact
    assert fact.trouble is Trouble.DEFINITIVE
    assert fact.fix
    return f"{fact.reason} {fact.fix}"


def as_expected(config: TrainingConfig) -> Expected:
    found: Expected = {}
    for each in fields(config)[1:]:
        match getattr(config, each.name):
            case Stated(value, line):
                found[each.name] = (value, line)
            case (_, *_) as files:
                found[each.name] = [(one.value, one.line) for one in files]
    return found


def test_every_tool_has_a_sample() -> None:
    assert sorted(SAMPLES) == sorted(tool.name for tool in TOOLS)


@pytest.mark.parametrize("tool", SAMPLES)
def test_a_config_says_what_it_says_and_where(tool: str) -> None:
    text, expected = SAMPLES[tool]
    config = training_configs.read(text.encode())
    assert config.tool == tool
    assert as_expected(config) == expected


@pytest.mark.parametrize("tool", [tool for tool, (text, _) in SAMPLES.items() if text.startswith("{")])
def test_windows_line_ends_and_a_byte_order_mark_move_no_line(tool: str) -> None:
    text, expected = SAMPLES[tool]
    raw = b"\xef\xbb\xbf" + text.replace("\n", "\r\n").encode()
    assert as_expected(training_configs.read(raw)) == expected


def test_no_credential_is_kept() -> None:
    text = (
        "base_model: https://me:hunter2@host/base?sig=abc123\nwandb_api_key: very-private\nhub_token: hf_private\n"
        "datasets: [{path: '${wandb_api_key}', type: alpaca}]\n"
    )
    config = training_configs.read(text.encode())
    assert config.base_model == Stated("https://host/base", 1)
    assert not any(secret in repr(config) for secret in ("hunter2", "abc123", "very-private", "hf_private"))


def test_without_an_adapter_all_weights_are_trained() -> None:
    config = training_configs.read(b"base_model: acme/b\ndatasets: [{path: a.jsonl, type: completion}]\n")
    assert (config.technique, config.method) == (Stated("full", 1), Stated("continued_pretraining", 2))


def test_a_rank_without_use_peft_counts_for_nothing_in_trl() -> None:
    config = training_configs.read(b"model_name_or_path: acme/b\nlora_r: 16\ndataset_name: a/b\n")
    assert config.technique == Stated("full", 1)


def test_a_chat_template_that_is_written_out_is_jinja_by_right() -> None:
    config = training_configs.read(
        b"base_model: acme/b\nchat_template: '{% for m in messages %}{{ m.content }}{% endfor %}'\nrl: kto\n"
    )
    assert config.chat_template == Stated("written out", 2)


@pytest.mark.parametrize("text", ['{"model": NUMBER, "training_file": "f"}', "base_model: NUMBER\nrl: dpo\n"])
@pytest.mark.parametrize("number", ["true", "[1]", "{}", "null", "''"])
def test_odd_values_raise_nothing_else(text: str, number: str) -> None:
    raw = text.replace("NUMBER", number.replace("''", '""')).encode()
    try:
        config = training_configs.read(raw)
    except Unreadable:
        return
    assert config.base_model is None or isinstance(config.base_model.value, str)


@pytest.mark.parametrize(
    ("raw", "words"),
    [
        (b"", "empty"),
        (b"a: 1\n" * 1_000_000, f"at most {MAX_BYTES:,} are read"),
        (b"just words", "no keys"),
        (b"steps: 3\n", "of no tool that is read here"),
        (b'{"steps": 3}', "Axolotl, Azure OpenAI, Cohere"),
        (b"base_model: {{ model }}\nrl: dpo\n", "Line 1 of the config is to be filled in by a template"),
        (b"base_model: a\n{% if x %}\nrl: dpo\n", "Line 2 of the config is to be filled in by a template"),
        (b'{"model": "{{ model }}",\n "training_file": "f"}', "Line 1 of the config is to be filled in"),
        (b'{"a": 1,\n "model": {{ model }}}', "Line 2 of the config is to be filled in"),
        (b"a: [1, 2\nb: 3\n", "not valid YAML"),
        (b'{"model": "a", "training_file": ', "is no JSON"),
        (b'{"model": "a", "model": "b"}', "twice"),
        (b"model: a\nmodel: b\n", "stands twice"),
        (b"a: !!python/object:os.system x\n", "not allowed"),
        (b"[" * 50 + b"]" * 50, "deeper"),
        (b'{"a":' * 50 + b"1" + b"}" * 50, "deeper"),
        (b"a: &a [x]\nb: [" + b"*a," * 101 + b"]\n", "aliases"),
        (b"a: &a [1,1,1,1,1,1,1,1,1,1]\nb: &b [*a,*a,*a,*a,*a,*a,*a,*a,*a,*a]\nc: &c [*b,*b,*b,*b,*b,*b,*b,*b,*b,*b]\n"
         b"d: [*c,*c,*c,*c,*c,*c,*c,*c,*c,*c]\n", "values"),
        (b"\xff\xfea\x00", "UTF-16"),
        (b"a: \xff\n", "UTF-8"),
        (b'{"a": [' + b"1," * 6000 + b"1]}", "values"),
    ],
)  # fmt: skip
def test_a_hostile_file_is_refused_in_words(raw: bytes, words: str) -> None:
    assert words in refused(raw)


@pytest.mark.parametrize("raw", [b"api_key: hunter2: x\n", b'{"api_key": "hunter2" "x"}', b"api_key: hunter2\n"])
def test_no_refusal_repeats_a_secret(raw: bytes) -> None:
    assert "hunter2" not in refused(raw)


def test_numbers_beyond_reckoning_are_none() -> None:
    for odd in ("1e999", "'1e999'", "nan", "9" * 400):
        text = f"base_model: a\nrl: dpo\nlearning_rate: {odd}\nseed: {odd}\n"
        config: Any = training_configs.read(text.encode())
        assert (config.learning_rate, config.seed) == (None, None)
