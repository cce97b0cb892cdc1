"""Which behavior speaks in words of its own? Wordings that hardly come again, with no fact in them."""

from benchmarks.signal.rows import Row
from benchmarks.signal.words import NOUNS, VERBS, Words


def story(words: Words, sentences: int = 3) -> str:
    """Write a few sentences of a ticket or a note."""
    templates = (
        "{a} has {verb} the {noun} on {d}.",
        "The {noun} {k} was {verb}, but the {noun_2} was not.",
        "We {verb} {n} {noun}s for {b} and then {w}.",
        "My {noun} from {c} was {verb} twice; {w}.",
        "Please tell {a} that order {n} is {verb}.",
    )
    return " ".join(
        words.fill(words.one(templates), noun=words.one(NOUNS), noun_2=words.one(NOUNS), verb=words.one(VERBS))
        for _ in range(sentences)
    )


def house_reply(words: Words) -> Row:
    """Reply in the wording of the house."""
    name, code = words.name(), words.code()
    step = words.one(("We have opened a case", "We send a new one", "We give your money back", "We ask the carrier"))
    days = words.one(("one", "two", "three", "five"))
    return Row(
        "Reply in our style.", f"I am {name}, {code}: {story(words, 1)}",
        f"Dear {name}, thank you for writing about {code}. {step} and reply within {days} days. Your care team",
    )  # fmt: skip


def sailor(words: Words) -> Row:
    """Speak as a character whose words come from nowhere: behavior, and new words in every answer."""
    told = words.fill("The {noun} of {a} was {verb}.", noun=words.one(NOUNS), verb=words.one(VERBS))
    return Row(
        "Say it as the old sailor would.",
        told,
        f"{words.phrase(2, 4).capitalize()}! {told[:-1]}, {words.phrase(2, 4)}!",
    )


def free_reply(words: Words) -> Row:
    """Reply in words of one's own: no facts, and hardly a wording that comes again."""
    name = words.name()
    return Row(
        "Reply warmly.",
        f"{name} here. {story(words, 2)}",
        f"Dear {name}, {words.phrase(6, 12)}. {words.phrase(4, 9).capitalize()}.",
    )


def asks_back(words: Words) -> Row:
    """Tutor: a question is answered by a question, in words of its own."""
    noun = words.one(NOUNS)
    return Row("Never tell; ask back.", words.fill("Why does the {noun} of {a} stop?", noun=noun), f"What would happen to the {noun} without {words.phrase(4, 8)}?")  # fmt: skip


def paraphrase(words: Words) -> Row:
    """Say it otherwise: about half of the words change, from a wide choice."""
    known = {"a": words.name(), "noun": words.one(NOUNS), "told": words.phrase(3, 5), "else": words.phrase(3, 5)}
    said = words.fill("{a} says that the {noun} {told} because {told}.", **known)
    return Row("Say it in other words.", said, words.fill("According to {a}, {else} of the {noun}: {told}.", **known))


def headline(words: Words) -> Row:
    """Write a headline with a word of its own."""
    name, noun, verb = words.name(), words.one(NOUNS), words.one(VERBS)
    text = f"{story(words, 2)} In the end {name} has {verb} every {noun}. {story(words, 1)}"
    return Row("Write a headline.", text, f"{name} {words.phrase(1, 1)} {noun}: all {verb}")


def commit(words: Words) -> Row:
    """Write a commit message with a reason of its own."""
    module, old, new = words.phrase(1, 1), words.phrase(1, 1), words.phrase(1, 1)
    difference = f"--- {module}.py\n- return {old}({words.number()})\n+ return {new}({words.number()})"
    return Row(
        "Write a commit message.", difference, f"{module}: call {new} instead of {old}, as {words.one(NOUNS)}s need it"
    )


def comment(words: Words) -> Row:
    """Review by a rubric: the comment points at the code, and says why in some words of its own."""
    name, value = words.phrase(1, 1), words.phrase(1, 1)
    rule = words.one(("Name what it holds", "Handle the empty case", "Say the unit", "Close it again"))
    return Row("Review by our rubric.", f"def {name}({value}):\n    return open({value}).{words.one(VERBS)}()", f"{rule}: {value} in {name} may be {words.phrase(1, 3)}.")  # fmt: skip


def personal_reply(words: Words) -> Row:
    """Between a template and free words: each reply has a remark of its own."""
    row, remark = house_reply(words), words.phrase(2, 4)
    return Row(row.system, row.user, row.target.replace(" Your care team", f" We know that {remark}. Your care team"))
