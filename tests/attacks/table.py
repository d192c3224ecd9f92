"""The attack table of docs/security.md. `python -m tests.attacks.table` writes it anew."""

from __future__ import annotations

from pathlib import Path

from tests.attacks.corpus import FAMILIES, Attack, attacks

PAGE = Path(__file__).resolve().parents[2] / "docs" / "security.md"
BEGIN, END = "<!-- attacks: begin -->\n", "<!-- attacks: end -->\n"


def table() -> str:
    """Every attack by family: what it tries, whether it works in process, what it gets here."""
    found = list(attacks().values())
    works = sum(attack.works_in_process for attack in found)
    gains = sum(attack.gains for attack in found)
    lines = [
        f"{len(found)} attacks; {works} of them are shown to work where code and checks share a process; "
        f"{gains} gain a point here, each for the reason that it names.\n"
    ]
    for family, title in FAMILIES.items():
        lines += [f"\n### {title}\n\n", "| attack | tries | works in process | gets here |\n"]
        lines.append("| --- | --- | --- | --- |\n")
        lines += [_row(attack) for attack in found if attack.family == family]
    return "".join(lines)


def written() -> str:
    """The table as the page has it."""
    return PAGE.read_text(encoding="utf-8").partition(BEGIN)[2].partition(END)[0]


def write() -> None:
    before, _, rest = PAGE.read_text(encoding="utf-8").partition(BEGIN)
    PAGE.write_text(before + BEGIN + table() + END + rest.partition(END)[2], encoding="utf-8")


def _row(attack: Attack) -> str:
    cells = (f"`{attack.name}`", attack.tries, attack.in_process, attack.here)
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |\n"


if __name__ == "__main__":
    write()
