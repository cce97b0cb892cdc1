"""Is the stores file read as it is meant, what is wrong in it named by line and key, and no secret shown?"""

from pathlib import Path

import pytest

from bot import settings
from bot.settings import BadSettings
from bot.sources.stores import REPOSITORY_ALONE, open_guard, open_stores
from bot.sources.stores.operator import DEFAULT_HOSTS, BadStores, Operator, read

DEPLOY = Path(__file__).resolve().parents[3] / "deploy"
SECRETS = {
    name: f"hidden-{name.lower()}"
    for name in ("HF_READ_TOKEN", "ARCHIVE_KEY_ID", "ARCHIVE_SECRET", "EVALS_SAS", "MLFLOW_PASSWORD", "WANDB_READ_KEY")
}


def test_the_example_that_is_shipped_is_read() -> None:
    operator = read((DEPLOY / "stores.example.yaml").read_bytes(), SECRETS)
    token = operator.hub.token
    assert token is not None
    assert token.get_secret_value() == SECRETS["HF_READ_TOKEN"]
    assert operator.https.private_hosts == ("reports.corp.example.com",)
    assert {name: bucket.has_login for name, bucket in operator.s3.items()} == {
        "acme-evals": True,
        "acme-archive": True,
    }
    assert operator.s3["acme-archive"].endpoint == "https://minio.corp.example.com"
    assert (operator.gs["acme-evals-gs"].has_login, operator.az["evals"].has_login) == (True, True)
    assert operator.mlflow["mlflow.corp.example.com"].username == "tunegate"
    assert "hidden" not in repr(operator) + str(operator) + operator.model_dump_json()


def test_every_key_of_the_example_and_of_the_model_stands_in_the_table() -> None:
    table = [row.split("|")[1] for row in (DEPLOY / "README.md").read_text().splitlines() if row.startswith("| `")]
    named = {key for cell in table for key in cell.replace("`", "").replace(" ", "").split(",")}
    expected = {
        "s3.BUCKET",
        "gs.BUCKET",
        "az.CONTAINER",
        "mlflow.HOST",
        "ca_file",
        "deadline_seconds",
        "max_inline_bytes",
    }
    for part in ("https", "hub", "wandb"):
        expected |= {f"{part}.{key}" for key in type(getattr(Operator(), part)).model_fields}
    assert expected <= named
    assert set(Operator.model_fields) == {key.partition(".")[0] for key in expected}


def test_an_empty_file_leaves_everything_as_shipped() -> None:
    for raw in (b"", b"# nothing\n", b"{}"):
        assert read(raw, {}) == Operator()
    assert Operator().https.hosts == DEFAULT_HOSTS
    assert Operator().https.private_hosts == ()
    assert [Operator().s3, Operator().gs, Operator().az, Operator().mlflow] == [{}] * 4


def test_a_store_is_opened_for_every_scheme() -> None:
    assert set(open_stores(Operator(), open_guard(Operator()))) == {
        "repository",
        "https",
        "hf",
        "s3",
        "gs",
        "az",
        "mlflow",
        "wandb",
        "actions",
    }
    assert set(REPOSITORY_ALONE) == {"repository"}


def test_certificates_that_cannot_be_used_are_told_when_the_stores_are_opened(tmp_path: Path) -> None:
    (tmp_path / "empty.pem").write_text("nothing")
    with pytest.raises(OSError, match=r"."):
        open_guard(read(f"ca_file: {tmp_path / 'empty.pem'}\n".encode(), {}))


def test_the_environment_is_put_in_after_the_file_was_read() -> None:
    raw = b"hub:\n  token: ${A}-${B}\nmlflow:\n  m.example:\n    url: https://${HOST}\n"
    operator = read(raw, {"A": "x: [", "B": "${A}", "HOST": "m.example"})
    assert operator.hub.token is not None
    assert operator.hub.token.get_secret_value() == "x: [-${A}"
    assert operator.mlflow["m.example"].url == "https://m.example"


@pytest.mark.parametrize(
    ("raw", "said"),
    [
        ("hub:\n  tokn: x\n", "line 2: `hub.tokn`: this key is not known here"),
        ("ftp:\n  a: b\n", "line 1: `ftp`: this key is not known here"),
        ("hub:\n\n  token: ${HF}\n", "line 3: `hub.token`: the environment variable HF is not set"),
        ("hub: {token: '${}'}\n", "line 1: `hub.token`: the environment variable ${} is not set"),
        ("az:\n  evals:\n    sas_token: x\n", "line 2: `az.evals.account`: this key is required"),
        ("https:\n  hosts:\n    - a.example\n    - https://b.example\n", "line 4: `https.hosts[1]`: write a host like"),
        ("https:\n  private_hosts: ['*.example']\n", "a private host is named in full"),
        ("hub:\n  url: ftp://hub\n", "line 2: `hub.url`: write an address like"),
        ("hub:\n  url: https://u:secret@hub.example\n", "line 2: `hub.url`: write an address like"),
        ("hub:\n  url: https://hub.example/?a=1\n", "without a query"),
        ("hub:\n  token: pässword\n", "line 2: `hub.token`: a login is"),
        ("hub:\n  token: ' secret'\n", "a login is one line of plain ASCII"),
        ("hub:\n  token: ''\n", "this is empty"),
        ("mlflow:\n  https://m.example:\n    url: https://m.example\n", "write the host as it stands in links"),
        ("mlflow:\n  m.example:\n    url: https://m.example\n    username: a\n", "username and password go together"),
        (
            "mlflow:\n  m:\n    url: https://m\n    token: a\n    username: a\n    password: secret\n",
            "give a token, or",
        ),
        ("s3:\n  b:\n    access_key_id: a\n", "access_key_id and secret_access_key go together"),
        ("s3:\n  b:\n    session_token: secret\n", "session_token goes with"),
        ("s3:\n  b:\n    region: a/b\n", "line 3: `s3.b.region`"),
        ("gs:\n  b:\n    service_account_key: secret\n    workload_identity: true\n", "give one kind of login"),
        ("az:\n  b:\n    account: abc\n    client_secret: secret\n", "go together"),
        ("az:\n  b:\n    account: abc\n    account_key: secret\n    sas_token: secret\n", "give one kind of login"),
        ("deadline_seconds: 0\n", "line 1: `deadline_seconds`"),
        ("ca_file: /nowhere/at/all.pem\n", "there is no file /nowhere/at/all.pem (ca_file)"),
        ("- a\n", "line 1: "),
        ("hub: {\n", "line "),
        ("hub: {}\nhub: {}\n", "line 2: "),
    ],
)
def test_what_is_wrong_is_named_by_line_and_key(raw: str, said: str) -> None:
    with pytest.raises(BadStores) as caught:
        read(raw.encode(), {})
    assert said in str(caught.value)
    assert "secret@" not in str(caught.value)
    assert caught.value.__cause__ is None  # pydantic's own error would show what was given


@pytest.mark.parametrize(
    ("raw", "variable"),
    [
        ("gs:\n  b:\n    service_account_key: x\n", "GOOGLE_BEARER_TOKEN"),
        ("gs:\n  b:\n    service_account_file: x\n", "GOOGLE_SERVICE_ACCOUNT_KEY"),
        ("az:\n  b: {account: abc, tenant_id: t, client_id: c, client_secret: s}\n", "AZURE_STORAGE_TOKEN"),
    ],
)
def test_a_login_that_the_environment_would_overrule_is_refused(raw: str, variable: str) -> None:
    with pytest.raises(BadStores) as caught:
        read(raw.encode(), {variable: "hidden"})
    assert f"line 2: `{raw[:2]}.b`: the environment variable {variable} would be used instead" in str(caught.value)
    assert "hidden" not in str(caught.value)
    assert read(raw.encode(), {})
    assert read(
        f"{raw[:2]}:\n  b: {{workload_identity: true{', account: abc' * (raw[0] == 'a')}}}\n".encode(), {variable: "x"}
    )


def test_all_that_is_wrong_is_named_at_once() -> None:
    with pytest.raises(BadStores) as caught:
        read(b"hub:\n  tokn: x\ndeadline_seconds: 1000\n", {})
    assert [line.partition(":")[0] for line in str(caught.value).splitlines()] == ["line 2", "line 3"]


def test_a_secret_of_the_environment_is_in_no_message() -> None:
    with pytest.raises(BadStores) as caught:
        read(b"hub:\n  token: ${T}\n  url: https://${T}/\nwandb: {url: '${T}'}\n", {"T": "two\nhidden lines"})
    assert "hidden" not in str(caught.value)
    assert "line 2: `hub.token`: a login is one line" in str(caught.value)


def test_the_settings_read_the_file_that_a_variable_names(tmp_path: Path) -> None:
    file = tmp_path / "stores.yaml"
    file.write_text("wandb:\n  api_key: ${KEY}\n")
    assert settings.stores({}) is None
    operator = settings.stores({"TUNEGATE_STORES": str(file), "KEY": "hidden"})
    assert operator is not None
    assert operator.wandb.api_key is not None
    assert "hidden" not in repr(operator)
    with pytest.raises(BadSettings, match=r"stores\.yaml:\nline 2: `wandb\.api_key`.* KEY is not set"):
        settings.stores({"TUNEGATE_STORES": str(file)})
    with pytest.raises(BadSettings, match="TUNEGATE_STORES cannot be read"):
        settings.stores({"TUNEGATE_STORES": str(tmp_path / "none.yaml")})
