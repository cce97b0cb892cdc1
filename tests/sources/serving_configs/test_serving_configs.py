"""Is each engine's config known by what it says, is each value on its line, and is a hostile file refused in words?"""

from dataclasses import fields
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.readiness.fact import Trouble
from bot.readiness.serving_config import Server
from bot.readiness.training_config import Stated
from bot.sources import serving_configs
from bot.sources.serving_configs import ENGINES, HOSTS, MAX_BYTES
from bot.sources.trouble import Unreadable
from tests.sources.serving_configs.samples import BASE, SAMPLES, Expected

_ALREADY = ("engine", "line")


def refused(raw: bytes, trouble: Trouble = Trouble.DEFINITIVE) -> str:
    with pytest.raises(Unreadable) as caught:
        serving_configs.read(raw)
    fact = caught.value.fact
    assert fact.trouble is trouble
    assert fact.fix
    return f"{fact.reason} {fact.fix}"


def as_expected(server: Server) -> Expected:
    found: Expected = {"line": server.line}
    for each in fields(server):
        match getattr(server, each.name):
            case Stated(value, line):
                found[each.name] = (value, line)
            case (Stated(), *_) as adapters:
                found[each.name] = [(one.value, one.line) for one in adapters]
            case (_, *_) as names:
                found[each.name] = names
    return found


def only(text: str) -> Any:
    (server,) = serving_configs.read(text.encode()).servers
    return server


def value(stated: Stated[Any] | None) -> Any:
    return None if stated is None else stated.value


def test_every_engine_and_host_has_a_sample() -> None:
    assert {engine for engine, _, _ in SAMPLES.values()} == {each.name for each in (*ENGINES, *HOSTS)}


@pytest.mark.parametrize("sample", SAMPLES)
def test_a_config_says_what_it_says_and_where(sample: str) -> None:
    engine, text, expected = SAMPLES[sample]
    config = serving_configs.read(text.encode())
    assert [server.engine for server in config.servers] == [engine] * len(expected)
    assert [as_expected(server) for server in config.servers] == expected
    assert "hunter2" not in repr(config)


@pytest.mark.parametrize("sample", SAMPLES)
def test_windows_line_ends_and_a_byte_order_mark_move_no_line(sample: str) -> None:
    _, text, expected = SAMPLES[sample]
    raw = b"\xef\xbb\xbf" + text.replace("\n", "\r\n").encode()
    assert [as_expected(server) for server in serving_configs.read(raw).servers] == expected


@pytest.mark.parametrize(
    ("text", "rank"),
    [
        ("vllm serve a/b --enable-lora --max-lora-rank 64", 64),
        ("vllm serve a/b --enable-lora --max_lora_rank=64", 64),
        ("vllm serve a/b --max-lora-rank=8 --enable-lora --max-lora-rank 64", 64),  # the last one wins
        ("R=64\nvllm serve a/b --enable-lora --max-lora-rank $R", 64),
        ("R=64\nvllm serve a/b --enable-lora --max-lora-rank=\"${R}\"", 64),
        ("vllm serve a/b --enable-lora --max-lora-rank ${R:-64}", 64),
        ("vllm serve a/b --enable-lora --max-lora-rank ${R}", None),  # nobody knows: no default either
        ("vllm serve a/b --enable-lora --max-lora-rank $(cat rank)", None),
        ("vllm serve a/b --enable-lora --max-lora-rank '$R'", None),
        ("vllm serve a/b --enable-lora --max-lora-rank many", None),
        ("vllm serve a/b --enable-lora --max-lora-rank 6$X", None),
        ("vllm serve a/b --enable-lora # --max-lora-rank 64", 16),
        ("vllm serve a/b --enable-lora; echo --max-lora-rank 64", 16),
        ("vllm serve a/b --enable-lora | tee --max-lora-rank 64", 16),
        ("vllm serve a/b --enable-lora --config more.yaml", None),
        ("ARGS=(--enable-lora\n  --max-lora-rank 64  # enough\n)\nvllm serve a/b \"${ARGS[@]}\"", 64),
        ("ARGS=(a/b)\nARGS+=(--enable-lora --max-lora-rank 64)\nexec vllm serve ${ARGS[*]}", 64),
        ("python -m vllm.entrypoints.openai.api_server --model a/b --enable-lora --max-lora-rank 64", 64),
        ("/opt/venv/bin/vllm serve a/b --enable-lora --max-lora-rank 64", 64),
        ("docker run --rm vllm/vllm-openai:v1 --model a/b --enable-lora --max-lora-rank 64", 64),
        ("[Service]\nExecStart=/usr/bin/vllm serve a/b --enable-lora --max-lora-rank 64", 64),
        ("FROM vllm/vllm-openai:v1\nCMD [\"a/b\", \"--enable-lora\", \"--max-lora-rank\", \"64\"]", 64),
        ("FROM acme/x\nENV R=64\nENTRYPOINT [\"vllm\", \"serve\"]\nCMD a/b --enable-lora --max-lora-rank $R", 64),
        ("FROM acme/x\nENV R 64\nCMD vllm serve a/b --enable-lora --max-lora-rank $R", 64),
    ],
)  # fmt: skip
def test_a_command_line_is_read_as_a_shell_would(text: str, rank: int | None) -> None:
    server = only(text)
    assert server.engine == "vLLM"
    assert value(server.model) == "a/b"
    assert value(server.max_rank) == rank


@pytest.mark.parametrize(
    ("text", "lora"),
    [
        ("vllm serve a/b", False),
        ("vllm serve a/b --no-enable-lora", False),
        ("vllm serve a/b --enable-lora false", False),
        ("vllm serve a/b --enable-lora $FLAG", None),
        ("vllm serve a/b --lora-modules x=/x", False),  # vLLM does not start adapters without being told so
        ("python -m sglang.launch_server --model-path a/b", False),
        ("sglang serve --model-path a/b --lora-paths /x", True),
        ("text-generation-launcher --model-id a/b", False),
        ("LORA_ADAPTERS=x text-generation-launcher --model-id a/b", True),
        ("lorax-launcher --model-id a/b", True),
        ("lorax-launcher --model-id a/b --adapter-id x --merge-adapter-weights", True),
        ("lorax-launcher --model-id a/b --merge-adapter-weights", False),
        ('{"baseModel": "a", "acceleratorType": "X"}', None),
        ('{"baseModel": "a", "acceleratorType": "X", "enableAddons": false}', False),
    ],
)
def test_whether_adapters_can_be_served_is_the_engines_own_rule(text: str, lora: bool | None) -> None:
    assert value(only(text).lora) is lora


@pytest.mark.parametrize(
    ("written", "tokens"),
    [("8192", 8192), ("8k", 8000), ("8K", 8192), ("1.5K", 1536), ("auto", None), ("-1", None), ("9" * 40, None)],
)
def test_lengths_are_read_as_their_engine_reads_them(written: str, tokens: int | None) -> None:
    assert value(only(f"vllm serve a/b --max-model-len {written}").max_length) == tokens


def test_a_file_may_start_several_servers() -> None:
    text = "services:\n  a: {image: 'vllm/vllm-openai:v1', command: '--model a/b'}\n  b: {image: 'lmsysorg/sglang:v1', command: 'sglang serve --model-path c/d'}\n"
    found = serving_configs.read(text.encode()).servers
    assert [(each.engine, value(each.model), each.line) for each in found] == [("vLLM", "a/b", 2), ("SGLang", "c/d", 3)]


def test_a_container_with_a_program_of_its_own_is_not_its_images_server() -> None:
    text = "spec:\n  containers:\n    - {image: 'vllm/vllm-openai:v1', command: [python3, -m, acme.sync], args: [--model, a/b]}\n"
    assert "no model server" in refused(text.encode(), Trouble.NOT_SUPPORTED)


def test_what_a_probe_runs_is_not_what_is_served() -> None:
    text = (
        "containers:\n  - image: acme/x\n    args: [start]\n    livenessProbe: {exec: {command: [vllm, serve, a/b]}}\n"
    )
    assert "no model server" in refused(text.encode(), Trouble.NOT_SUPPORTED)


def test_options_that_only_one_engine_has_name_it() -> None:
    text = "spec:\n  predictor:\n    model:\n      modelFormat: {name: huggingface}\n      args: [--model_id=a/b, --enable-lora, --lora-modules=x=/x]\n"
    server = only(text)
    assert (server.engine, value(server.model), value(server.lora)) == ("vLLM", "a/b", True)


def test_no_credential_is_kept() -> None:
    text = "vllm serve https://me:hunter2@host/model?sig=hunter2 --api-key hunter2 --hf-token=hunter2 --lora-modules a=https://me:hunter2@host/a\n"
    config = serving_configs.read(text.encode())
    assert value(config.servers[0].model) == "https://host/model"
    assert "hunter2" not in repr(config)


@pytest.mark.parametrize(
    ("raw", "words"),
    [
        (b"", "empty"),
        (b"vllm serve a/b\n" + b"# x\n" * 1_250_000, f"at most {MAX_BYTES:,} are read"),
        (b"\xff\xfea\x00", "UTF-16"),
        (b"model: {{ .Values.model }}\nenable-lora: true\n", "Line 1 of the config is to be filled in by a template"),
        (b"a: b\n{{- if .Values.lora }}\nenable-lora: true\n{{- end }}\n", "Line 2 of the config is to be filled in by a template"),
        (b"model: '{{ model }}'\nenable-lora: true\n", "Line 1 of the config is to be filled in by a template"),
        (b"args:\n  - vllm\n  - serve\n  - '{{ model }}'\n", "Line 4 of the config is to be filled in by a template"),
        (b"#!/bin/sh\nset -e\nvllm serve {{ model }}\n", "Line 3 of the config is to be filled in by a template"),
        (b"#!/bin/sh\n{% if lora %}\nvllm serve a/b\n{% endif %}\n", "Line 2 of the config is to be filled in by a template"),
        (b'{"model": "{{ model }}", "hardware": "x", "min_replicas": 1}', "Line 1 of the config is to be filled in"),
        (b"a: [1, 2\nb: 3\n", "not valid YAML"),
        (b"a: 1\n---\nb: [1, 2\nc: 3\n", "Line 4 of the config"),
        (b"model: a\nmodel: b\n", "stands twice"),
        (b"a: 1\n---\nx: !Sub y\n", "Line 3 of the config: The tag"),
        (b"[" * 50 + b"]" * 50, "deeper"),
        (b"a: &a [x]\nb: [" + b"*a," * 101 + b"]\n", "aliases"),
        (b"a: &a [1,1,1,1,1,1,1,1,1,1]\nb: &b [*a,*a,*a,*a,*a,*a,*a,*a,*a,*a]\nc: &c [*b,*b,*b,*b,*b,*b,*b,*b,*b,*b]\n"
         b"d: [*c,*c,*c,*c,*c,*c,*c,*c,*c,*c]\n", "values"),
        (b"---\na: 1\n" * 40, "documents"),
        (b"vllm serve a/b " + b"x " * 6000, "words"),
        (b"A=(a b c d)\n" + b"A=(${A[@]} ${A[@]})\n" * 40 + b"vllm serve ${A[@]}\n", "words"),
        (b"A=(a)\n" + b"A+=(${A[@]})\n" * 40, "words"),
        (b"a:\n" + (b"  - {command: \"" + b"a''b " * 200 + b"\"}\n") * 40, "words"),
        (b"vllm serve a/b\n" * 21, "at most 20 are read"),
    ],
)  # fmt: skip
def test_a_hostile_file_is_refused_in_words(raw: bytes, words: str) -> None:
    assert words in refused(raw)


@pytest.mark.parametrize(
    "raw",
    [
        b"steps: 3\napi_key: hunter2\n",
        b'{"steps": 3, "api_key": "hunter2"}',
        b"#!/bin/sh\necho 'vllm serve a/b' hunter2\n",
        b"HF_TOKEN=hunter2\n",
        b"- a\n- b\n",
        b"just words",
        b"FROM acme/x\nCMD [\n",
        b"x" + b"\n" * 200_000 + b"x",
        b"x" + b" \\\n" * 80_000 + b"x",
        b"x" + b"'" * 200_000,
        b"x " + b"$(" * 100_000,
        b"base_model: a/b\ndatasets: [{path: c}]\nadapter: lora\n",
    ],
)
def test_what_starts_no_server_is_held_against_nobody(raw: bytes) -> None:
    words = refused(raw, Trouble.NOT_SUPPORTED)
    assert "vLLM" in words
    assert "hunter2" not in words


@pytest.mark.parametrize(
    "text",
    [
        "helm install vllm vllm/vllm-stack -f values.yaml",
        "docker build -t lorax:latest .",
        "docker push vllm/vllm-openai:v1",
        'FROM vllm/vllm-openai:v1\nENTRYPOINT ["/opt/venv/bin/vllm-router", "--model", "a/b"]',
        "spec:\n  containers:\n    - {image: 'vllm/vllm-openai:v1', command: [/start], args: [--model, a/b]}",
        "services:\n  a: {image: 'vllm/vllm-openai:v1', entrypoint: /start, command: --model a/b}",
        "properties: {modelURL: {type: string}, enableLoRA: {type: boolean}, vllmConfig: {type: object}}",
    ],
)
def test_an_image_that_starts_something_else_is_no_server(text: str) -> None:
    assert "no model server" in refused(text.encode(), Trouble.NOT_SUPPORTED)


@pytest.mark.parametrize("raw", [b"api_key: hunter2: x\n", b'{"api_key": "hunter2" "x"}'])
def test_no_refusal_repeats_a_secret(raw: bytes) -> None:
    assert "hunter2" not in refused(raw)


def test_variables_that_hold_one_another_do_not_grow_without_end() -> None:
    server = only("A=aaaaaaaaaa\n" + "A=$A$A\n" * 60 + 'vllm serve a/b --enable-lora --quantization "$A$A"\n')
    assert server.quantization is None
    assert value(server.max_rank) == 16
    text = (
        "containers:\n  - image: vllm/vllm-openai:v1\n    args: [--model, '"
        + "$(A)" * 100
        + "']\n    env: [{name: A, value: "
        + "b" * 9_000
        + "}]\n"
    )
    assert only(text).model is None


def test_a_name_without_end_is_not_kept_whole() -> None:
    server = only("vllm serve " + "a/" * 2_000 + " --lora-modules " + "b" * 4_000 + "=x\n")
    assert len(server.model.value) < 510
    assert len(server.adapters[0].value) < 510
    server = only("vllm serve " + "a/" * 50_000 + " --lora-modules " + "b" * 50_000 + "=x\n")
    assert (server.model, server.adapters) == (None, ())


_PIECES = st.sampled_from(
    ["vllm", "serve", "a/b", "--model", "--enable-lora", "--max-lora-rank", "16", "=", "\\\n", "\n", "'", '"', "$X", "${X", "$(", "`",
     "(", ")", "X=(", "${X[@]}", "#", "<<EOF", "{{", "FROM x\n", "CMD [", "ENV ", "{", "}", "[", ": ", "- ", "| ", "image: vllm/vllm-openai\n",
     "args:", "command:", "text-generation-launcher", "--lora-modules", '{"name": 1}', "\t", "\x00", "\u2028"]
)  # fmt: skip


@given(st.lists(_PIECES, max_size=30))
def test_whatever_stands_in_a_file_is_read_or_refused(pieces: list[str]) -> None:
    try:
        config = serving_configs.read(" ".join(pieces).encode())
    except Unreadable:
        return
    assert config.servers
    assert all(isinstance(each.model, Stated | None) for each in config.servers)


@given(st.sampled_from([text for _, text, _ in SAMPLES.values()]), st.integers(0, 400), st.text(max_size=8))
def test_a_sample_with_anything_put_into_it_is_read_or_refused(text: str, at: int, odd: str) -> None:
    try:
        config = serving_configs.read((text[:at] + odd + text[at:]).encode("utf-8", "replace"))
    except Unreadable:
        return
    assert all(server.line >= 1 and (server.model is None or server.model.value) for server in config.servers)
    assert BASE
