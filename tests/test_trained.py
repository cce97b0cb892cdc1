"""What would a pull request train that nobody proposed, and how little is read for it?"""

from bot.ports import ChangedFile
from bot.readiness.fact import Known, Trouble, Unavailable
from bot.readiness.training_config import TrainingConfig
from bot.readiness.unproposed import Training
from bot.review.trained import MAX_READ, ToolOf, unproposed
from bot.sources.reader import InThisProcess
from tests.test_review import Commit

AXOLOTL = (
    b"base_model: acme/m\nadapter: lora\ndatasets:\n  - {path: data/train.jsonl, type: chat_template}\nlora_r: 16\n"
)
PROPOSAL = "a/finetune-proposal.yaml"


def tool_of(text: bytes) -> str | None:
    found = InThisProcess().small("training_config", text)
    return found.tool if isinstance(found, TrainingConfig) else None


def added(path: str, text: bytes) -> ChangedFile:
    return ChangedFile(path, "added", "@@ -0,0 +1 @@\n" + "\n".join(f"+{line}" for line in text.decode().split("\n")))


def found(commit: Commit, *changed: ChangedFile, linked: frozenset[str] = frozenset(), ask: ToolOf = tool_of) -> object:
    fact = unproposed(changed, commit, lambda: linked, ask)
    return fact.value if isinstance(fact, Known) else fact


def test_a_new_config_is_known_by_its_patch_and_nothing_is_read() -> None:
    commit = Commit({"b/job.yaml": AXOLOTL, PROPOSAL: b""})
    assert found(commit, added("b/job.yaml", AXOLOTL)) == (Training("b/job.yaml", "Axolotl"),)
    assert commit.reads == []
    assert found(commit, added("a/job.yaml", AXOLOTL)) == ()
    assert found(commit, added("b/job.yaml", AXOLOTL), linked=frozenset({"b/job.yaml"})) == ()


def test_a_changed_config_is_read_where_its_change_or_name_speaks_of_training() -> None:
    commit = Commit({"b/job.yaml": AXOLOTL, "b/train.yaml": AXOLOTL, "b/other.yaml": AXOLOTL})
    assert found(commit, ChangedFile("b/job.yaml", "modified", "-lora_r: 8\n+lora_r: 16")) == (
        Training("b/job.yaml", "Axolotl"),
    )
    assert found(commit, ChangedFile("b/train.yaml", "modified", None)) == (Training("b/train.yaml", "Axolotl"),)
    assert found(commit, ChangedFile("b/other.yaml", "modified", "-x: 8\n+x: 16")) == ()
    assert commit.reads == ["b/job.yaml", "b/train.yaml"]


def test_no_more_than_ten_files_are_read() -> None:
    names = [f"b/train{n}.yaml" for n in range(30)]
    commit = Commit(dict.fromkeys(names, AXOLOTL))
    found(commit, *(ChangedFile(name, "modified", None) for name in names))
    assert len(commit.reads) == MAX_READ


def test_other_files_and_what_goes_away_train_nothing_and_nobody_is_asked() -> None:
    silent = Commit({}, Unavailable("too large", Trouble.DEFINITIVE))
    changed = [
        ChangedFile("b/adapter_config.json", "removed", None),
        added("docs/training.md", b"# training"),
        added(".github/workflows/train.yaml", AXOLOTL),
        added("k8s/train.yaml", b"kind: Job\nmetadata: {name: train}\n"),
        added("broken/train.yaml", b"base_model: [\n"),
    ]
    assert found(silent, *changed) == ()


def test_a_repository_that_is_too_large_to_be_listed_is_not_taken_for_one_without_proposals() -> None:
    class Large(Commit):
        def listing(self) -> Unavailable:
            return Unavailable("too large", Trouble.DEFINITIVE)

    assert found(Large({}), added("b/adapter.yaml", b"")) == Unavailable("too large", Trouble.DEFINITIVE)
