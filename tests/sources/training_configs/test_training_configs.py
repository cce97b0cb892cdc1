"""Is each tool's config known by what it says, is each value on its line, and is a hostile file refused in words?"""

import json
import re
from dataclasses import fields
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from bot.readiness.fact import Trouble
from bot.readiness.training_config import Stated, TrainingConfig
from bot.sources import training_configs
from bot.sources.training_configs import MAX_BYTES, TOOLS
from bot.sources.trouble import Unreadable
from tests.sources.training_configs.samples import SAMPLES, Expected


def refused(raw: bytes, trouble: Trouble = Trouble.DEFINITIVE) -> str:
    with pytest.raises(Unreadable) as caught:
        training_configs.read(raw)
    fact = caught.value.fact
    assert fact.trouble is trouble
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
    config = training_configs.read(b"base_model: acme/b\ndatasets: [{path: a.jsonl, type: alpaca}]\n")
    assert (config.technique, config.method) == (Stated("full", 1), Stated("sft", 2))


@pytest.mark.parametrize(
    ("text", "method"),
    [
        # raw text may be knowledge, or conversations that were written out before
        ("base_model: a/b\ndatasets: [{path: a.jsonl, type: completion}]\n", None),
        ("base_model: a/b\npretraining_dataset: [{path: a/b}]\n", "continued_pretraining"),
        ("base_model: a/b\nrl: gdpo\n", "rft"),
        ("base_model: a/b\nrl: simpo\n", "simpo"),
        ("base_model: a/b\nreward_model: true\ndatasets: [{path: a/b}]\n", "reward_model"),
        ("model_name_or_path: a/b\ntemplate: qwen\ndataset: x\n", "sft"),
        ("model_name_or_path: a/b\nstage: dpo\npref_loss: kto_pair\n", None),
        # the TRL script is named on the command line: keys that several trainers take tell nothing
        ("model_name_or_path: a/b\ndataset_name: x\nloss_type: sigmoid\n", None),
        ("model_name_or_path: a/b\ndataset_name: x\nprecompute_ref_log_probs: true\n", None),
        ("model_name_or_path: a/b\ndataset_name: x\nreward_funcs: [exact]\nloss_type: dapo\n", "rft"),
        ("model_name_or_path: a/b\ndataset_name: x\ndesirable_weight: 1.0\n", "kto"),
        ("model_name_or_path: a/b\ndataset_name: x\nf_divergence_type: js_divergence\n", "dpo"),
        ("model_name_or_path: a/b\ndataset_name: x\npacking: true\n", "sft"),
        ("model_name_or_path: a/b\ndataset_name: x\npacking: true\nteacher_model_name_or_path: a/t\n", "distillation"),
        ("model: {_component_: m.lora_x}\ndataset: {_component_: d}\nloss: {_component_: r.DPOLoss}\n", "dpo"),
        ("model: {_component_: m.lora_x}\ndataset: {_component_: d}\nloss: {_component_: my.Loss}\n", None),
        ('{"model": "m", "training_file": "f"}', None),
        ('{"model": "m", "training_file": "f", "hyperparameters": {"n_epochs": 1}}', "sft"),
        ('{"model": "m", "training_file": "f", "method": {"type": "reinforcement"}}', "rft"),
        ('{"model": "m", "training_file": "f", "n_epochs": 1, "training_method": "dpo"}', "dpo"),
        ('{"baseModelIdentifier": "m"}', None),
        ('{"baseModelArn": "m", "trainingDataConfig": {"s3Uri": "s3://b/k"}, "customizationConfig": {"rftConfig": {}}}', "rft"),
        ('{"baseModel": "m", "reinforcementTuningSpec": {"trainingDatasetUri": "gs://b/k"}}', "rft"),
        ('{"baseModel": "m", "partnerModelTuningSpec": {"trainingDatasetUri": "gs://b/k"}}', None),
        ('{"baseModel": "m", "dataset": "d", "lossConfig": {"method": "ORPO"}}', "orpo"),
        ('{"dataset": "d", "trainingConfig": {"baseModel": "m"}}', None),
        ('{"dataset": "d", "trainingConfig": {"baseModel": "m"}, "lossConfig": {"method": "METHOD_UNSPECIFIED"}}', None),
        ('{"dataset": "d", "evaluator": "e", "trainingConfig": {"baseModel": "m"}}', "rft"),
        ('{"datasetId": "d", "trainingConfig": {"baseModel": "m"}}', None),
        ('{"datasetId": "d", "trainingConfig": {"baseModel": "m", "enable_sft": true, "enable_preference_tuning": true}}', None),
        ('{"datasetId": "d", "trainingConfig": {"baseModel": "m", "enable_sft": false, "enable_preference_tuning": true}}', "dpo"),
        ('{"dataset": "d", "config": {"base_model": "m", "task": "grpo"}}', "rft"),
        ('{"model": "m", "training_files": ["f"]}', None),
        ('{"model": "m", "training_files": ["f"], "classifier_targets": [{"name": "x"}]}', "classifier"),
        ('{"settings": {"base_model": {"base_type": "BASE_TYPE_RERANK"}, "dataset_id": "d"}}', "rerank"),
    ],
)  # fmt: skip
def test_a_method_that_may_be_several_is_not_guessed(text: str, method: str | None) -> None:
    found = training_configs.read(text.encode()).method
    assert (found.value if found else None) == method


@pytest.mark.parametrize(
    ("text", "technique"),
    [
        ("base_model: a/b\nrl: dpo\nadapter: lora\n", "lora"),
        ("base_model: a/b\nrl: dpo\nadapter: lora\nload_in_8bit: true\n", None),
        ("base_model: a/b-bnb-4bit\nrl: dpo\nadapter: lora\n", None),
        ("base_model: a/b\nrl: dpo\nadapter: qlora\n", "qlora"),
        ("base_model: a/b\nrl: dpo\nlora_model_dir: out\n", None),
        ("model_name_or_path: a/b\nstage: sft\n", "lora"),
        ("model_name_or_path: a/b\nstage: sft\nquantization_bit: 8\n", "qlora"),
        ("model_name_or_path: a/b-AWQ\nstage: sft\nfinetuning_type: lora\n", None),
        ("model_name_or_path: a/b\ndataset_name: x\n", "full"),
        ("model_name_or_path: a/b\ndataset_name: x\nlora_r: 16\n", None),  # the command line may say use_peft
        ("model_name_or_path: a/b\ndataset_name: x\nlora_r: 16\nuse_peft: false\n", "full"),
        ("model: {_component_: torchtune.models.x.x_8b}\ndataset: {_component_: d}\n", "full"),
        ("model: {_component_: acme.own_builder}\ndataset: {_component_: d}\n", None),
        ("model: a/b\ntraining: {training_type: full, load_in_4bit: false}\nlora: {lora_r: 64}\n", "full"),
        ("model: a/b\ntraining: {training_type: lora, load_in_4bit: true}\n", "qlora"),
        ("model_name: a/b\nr: 16\n", None),
        ('{"model": "a/b", "training_file": "f"}', "lora"),
        ('{"model": "a/b", "training_file": "f", "lora": false}', "full"),
        ('{"baseModel": "m", "supervisedTuningSpec": {"tuningMode": "TUNING_MODE_FULL"}}', "full"),
        ('{"baseModel": "m", "dataset": "d", "loraRank": 0}', None),
        ('{"dataset": "d", "config": {"base_model": "m"}}', "lora"),
        ('{"dataset": "d", "config": {"base_model": "m", "adapter": "turbo"}}', "turbo"),
        ('{"model": "m", "training_file": "f", "seed": 1}', None),
    ],
)
def test_a_technique_that_may_be_several_is_not_guessed(text: str, technique: str | None) -> None:
    found = training_configs.read(text.encode()).technique
    assert (found.value if found else None) == technique


def test_another_split_of_the_training_data_is_no_file_of_its_own() -> None:
    entry = "{_component_: d.chat_dataset, source: acme/x, split: 'SPLIT'}"
    text = f"model: {{_component_: m.lora_x}}\ndataset: {entry}\ndataset_val: {entry}\n"
    for split, held_out in (("train[:95%]", ["acme/x"]), ("train[95%:]", [])):
        raw = text.replace("SPLIT", "train[:95%]", 1).replace("SPLIT", split)
        config = training_configs.read(raw.encode())
        assert [each.value for each in config.data_files] == ["acme/x"]
        assert [each.value for each in config.eval_files] == held_out


def test_files_stand_below_the_place_that_holds_them() -> None:
    text = (
        "model_name_or_path: a/b\ndatasets:\n  - path: acme/x\n    data_files: {train: a.jsonl, test: b.jsonl}\n"
        "  - path: json\n    data_files: [data/c.jsonl, data/d.jsonl]\n  - path: acme/y\n"
    )
    config = training_configs.read(text.encode())
    assert [(each.value, each.line) for each in config.data_files] == [
        ("acme/x/a.jsonl", 4), ("data/c.jsonl", 6), ("data/d.jsonl", 6), ("acme/y", 7),
    ]  # fmt: skip
    assert [(each.value, each.line) for each in config.eval_files] == [("acme/x/b.jsonl", 4)]


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


@pytest.mark.parametrize("raw", [b"api_key: hunter2: x\n", b'{"api_key": "hunter2" "x"}'])
def test_no_refusal_repeats_a_secret(raw: bytes) -> None:
    assert "hunter2" not in refused(raw)


@pytest.mark.parametrize("raw", [b"steps: 3\napi_key: hunter2\n", b'{"steps": 3, "api_key": "hunter2"}'])
def test_a_tool_that_is_not_read_here_is_held_against_nobody(raw: bytes) -> None:
    words = refused(raw, Trouble.NOT_SUPPORTED)
    assert "its keys are `steps`, `api_key`." in words
    assert "Axolotl, Azure OpenAI, Cohere" in words
    assert "hunter2" not in words


def test_a_name_without_end_is_not_kept_whole() -> None:
    config = training_configs.read(
        b"base_model: " + b"a/" * 200_000 + b"\ndatasets: [{path: " + b"b" * 400_000 + b"}]\n"
    )
    assert config.base_model is not None
    assert len(config.base_model.value) < 510
    assert len(config.data_files[0].value) < 510


def test_many_data_sets_in_one_text_are_all_kept() -> None:
    names = [f"tickets_of_month_{n}" for n in range(300)]
    config = training_configs.read(f"model_name_or_path: a/b\nstage: sft\ndataset: {', '.join(names)}\n".encode())
    assert [each.value for each in config.data_files] == names


def test_no_end_of_an_address_hides_its_password() -> None:
    for length in (100, 600, 5_000):
        config = training_configs.read(f"base_model: https://me:{'hunter2' * length}@host/base\nrl: dpo\n".encode())
        assert "hunter2" not in repr(config)


def test_numbers_beyond_reckoning_are_none() -> None:
    for odd in ("1e999", "'1e999'", "nan", "9" * 400):
        text = f"base_model: a\nrl: dpo\nlearning_rate: {odd}\nseed: {odd}\n"
        config: Any = training_configs.read(text.encode())
        assert (config.learning_rate, config.seed) == (None, None)


_KEYS = sorted({key for text, _ in SAMPLES.values() for key in re.findall(r"[A-Za-z_]\w+", text)})
_LEAVES = st.one_of(
    st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=20), st.sampled_from(["json", "lora", "dpo", "${model}"])
)  # fmt: skip
_VALUES = st.recursive(
    _LEAVES,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(_KEYS), inner, max_size=4),
    max_leaves=12,
)


@given(st.sampled_from(list(SAMPLES.values())), st.dictionaries(st.sampled_from(_KEYS), _VALUES, max_size=8))
def test_whatever_stands_under_a_tools_keys_is_read_or_refused(
    sample: tuple[str, Expected], values: dict[str, Any]
) -> None:
    text, _ = sample
    whole = yaml.safe_load(text) | values  # JSON is YAML
    try:
        config = training_configs.read(json.dumps(whole).encode())
    except Unreadable:
        return
    assert all(isinstance(each.value, str) for each in (*config.data_files, *config.eval_files))
    assert all(isinstance(each, Stated | None) for each in (config.base_model, config.method, config.technique))
