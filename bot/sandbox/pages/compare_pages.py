"""How do two branches differ, and how does the difference become a pull request?"""

from starlette.responses import Response

from bot.sandbox import diffs
from bot.sandbox.git_objects import Commit
from bot.sandbox.model import Pull, Repo
from bot.sandbox.pages.diff_view import diff_view
from bot.sandbox.pages.links import pull_address
from bot.sandbox.pages.render import in_words, render, see
from bot.sandbox.pages.visit import Visit
from bot.sandbox.state import Refused, not_found


def compare(visit: Visit, refused: Refused | None = None) -> Response:
    """Compare two branches, and offer to open a pull request."""
    repo = visit.repo()
    base, head = _compared(visit, repo)
    sources = _sources(visit, repo)
    chosen = sources.get(head)
    commits: list[Commit] = []
    changed: tuple[diffs.Change, ...] = ()
    existing = None
    if chosen and base in repo.branches:
        source, branch = chosen
        objects, tip = repo.objects, source.branches[branch]
        commits = objects.between(repo.branches[base], tip)
        start = objects.merge_base(repo.branches[base], tip)
        changed = diffs.compare(objects, start, tip) if commits else ()
        existing = next((each for each in repo.pulls.values() if _is_open_from(each, source, branch, base)), None)
    elif head and head not in sources or base not in repo.branches:
        raise not_found()
    return render(
        visit,
        "compare.html",
        status=refused.status if refused else 200,
        repo=repo,
        base=base,
        head=head,
        sources=sources,
        commits=commits,
        view=diff_view(changed, loaded=visit.loaded),
        existing=existing,
        title=visit.form.get("title", _title(head, [each.message for each in commits])),
        body=visit.form.get("body", ""),
        error=in_words(refused) if refused else [],
    )


def _compared(visit: Visit, repo: Repo) -> tuple[str, str]:
    """Read `base...head` in the address or `?base=` and `?head=`."""
    spec = visit.params.get("spec", "")
    base, dots, head = spec.partition("...")
    if spec and not dots:
        base, head = repo.default_branch, spec
    return base or visit.query.get("base") or repo.default_branch, head or visit.query.get("head", "")


def _sources(visit: Visit, repo: Repo) -> dict[str, tuple[Repo, str]]:
    """List the branches that can be proposed: this repository's, and as `owner:branch` those of its forks."""
    found = {branch: (repo, branch) for branch in repo.branches}
    for each in visit.world.repos.values():
        if each.parent is repo and visit.may(each, "read"):
            found |= {f"{each.owner.login}:{branch}": (each, branch) for branch in each.branches}
    return found


def _is_open_from(pull: Pull, source: Repo, branch: str, base: str) -> bool:
    same = pull.head_repo is source and pull.head_ref == branch and pull.base_ref == base
    return same and pull.issue.state == "open"


def _title(head: str, messages: list[str]) -> str:
    if len(messages) == 1:
        return messages[0].partition("\n")[0]
    name = head.rpartition(":")[2].replace("-", " ").replace("_", " ")
    return name[:1].upper() + name[1:]


def open_pull(visit: Visit) -> Response:
    """Open a pull request; a refusal shows the comparison again with the text kept."""
    repo = visit.repo()
    base, head = _compared(visit, repo)
    try:
        chosen = _sources(visit, repo).get(head)
        if chosen is None:
            raise Refused(422, "This branch is not there.")
        source, branch = chosen
        visit.need(source, "write")
        form = visit.form
        if not form.get("title", "").strip():
            raise Refused(422, "Title can't be blank")
        pull = visit.world.open_pull(
            repo,
            form["title"].strip(),
            branch,
            visit.someone(),
            base=base,
            body=form.get("body"),
            draft="draft" in form,
            head_repo=source,
        )
    except Refused as refused:
        return compare(visit, refused)
    return see(pull_address(pull))
