"""What do the columns of a table of rows mean? By the names that tools and teams give to input, target, answer and id."""

from collections.abc import Iterable

INPUTS = (
    "input", "inputs", "question", "query", "request", "user_input", "instruction", "prompt", "text", "example",
)  # fmt: skip
TARGETS = (
    "target", "targets", "expected", "expected_output", "expected_response", "expected_answer", "expectedoutput",
    "expectations", "reference", "reference_answer", "ground_truth", "groundtruth", "gold", "ideal", "correct_answer",
)  # fmt: skip
# the answer of the model in some tables, of the data set in others: the target only where there is another answer
MAYBE_TARGETS = ("answer", "label", "labels")
OUTPUTS = (
    "output", "outputs", "prediction", "predictions", "predicted", "response", "completion", "generation", "generated",
    "actual_output", "model_output", "model_answer",
)  # fmt: skip
IDS = ("id", "row_id", "item_id", "example_id", "sample_id", "doc_id", "request_id", "trace_id", "uuid", "key")
ERRORS = ("error", "errors", "error_message", "exception")
# numbers that say which row it is, and not how good it is
PLACES = ("index", "idx", "row", "row_number", "step", "epoch", "seed", "timestamp", "time", "created_at", "trial")


def find(columns: Iterable[str], names: tuple[str, ...]) -> str | None:
    """Find the column that has one of the names, the first name first; case and separators do not matter."""
    known: dict[str, str] = {}
    for column in columns:
        known.setdefault(folded(column), column)
    return next((known[name] for name in names if name in known), None)


def folded(column: str) -> str:
    """Write the name of a column as it is compared."""
    return column.strip().lower().replace(" ", "_").replace("-", "_").replace(".", "_")
