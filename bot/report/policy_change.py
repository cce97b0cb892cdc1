"""How are a policy's problems, its tests and its impact shown? As plain text for people, as JSON for programs."""

from collections.abc import Iterable, Sequence
from typing import Any

from bot.readiness.cases.running import CaseResult
from bot.readiness.policy import Complaint
from bot.report.markdown import visible

MAX_SHOWN = 200


def complaints_as_text(path: str, complaints: Sequence[Complaint]) -> str:
    """List what is wrong as editors read it: path, line, what it is, what to do."""
    lines = [
        f"{visible(path, 300)}:{each.line}: {visible(each.message)} {visible(each.fix)}".rstrip() for each in complaints
    ]
    return "\n".join(lines or [f"{visible(path, 300)}: can be used"]) + "\n"


def complaints_as_json(path: str, complaints: Sequence[Complaint]) -> dict[str, Any]:
    """Put what is wrong into JSON."""
    listed = [{"line": each.line, "message": each.message, "fix": each.fix, "grave": each.grave} for each in complaints]
    return {"path": path, "valid": not complaints, "problems": listed}


def cases_as_text(results: Sequence[CaseResult]) -> str:
    """Show each test on a line, and below it what came out otherwise."""
    lines = []
    for result in results:
        mark = "+" if result.holds else "x"
        lines.append(f"{mark} {visible(result.name, 200)}" + (f": {visible(result.trouble)}" if result.trouble else ""))
        for each in result.differences:
            where = f"line {each.line}" if each.line else "the file"
            lines.append(f"    {where}: {each.check}: expected {each.expected}, found {each.found}")
            if each.message:
                lines.append(f"      {visible(each.message)}")
    failed = sum(not result.holds for result in results)
    return "\n".join([*lines, "", f"{len(results) - failed} passed, {failed} failed"]) + "\n"


def cases_as_json(results: Sequence[CaseResult]) -> list[dict[str, Any]]:
    """Put test results into JSON."""
    return [
        {
            "name": result.name,
            "holds": result.holds,
            "expectations": result.expectations,
            "trouble": result.trouble,
            "differences": [
                {
                    "line": each.line or None,
                    "check": each.check,
                    "expected": each.expected,
                    "found": each.found,
                    "message": each.message or None,
                }
                for each in result.differences
            ],
        }
        for result in results
    ]


def table_as_text(head: Sequence[str], rows: Iterable[Sequence[str]], widest: int = 60) -> str:
    """Lay out a table of plain columns; a cell that is too long is cut."""
    cells = [list(head), *([visible(cell, widest) for cell in row] for row in rows)]
    widths = [max(len(row[column]) for row in cells) for column in range(len(head))]
    return "\n".join(
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in cells
    )
