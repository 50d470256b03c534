"""Writes docs/MUTANTS.md: what cargo-mutants changed, and which changes no test noticed."""

import json
import pathlib
import sys

REMARKS = pathlib.Path(__file__).parent.parent / "docs" / "mutants-remarks.json"


def lines(folder, name):
    """The mutants of one outcome, without the places in their lines, which move with every edit."""
    file = folder / f"{name}.txt"
    found = file.read_text().splitlines() if file.exists() else []
    return [line for line in found if line]


def named(line):
    """`src/a.rs:12:3: replace …` as file and change."""
    place, change = line.split(": ", 1)
    return place.split(":")[0].removeprefix("healthcare-dss/src/"), change


def main(folder):
    remarks = json.loads(REMARKS.read_text()) if REMARKS.exists() else {}
    caught, missed, slow, never = (lines(folder, name) for name in ("caught", "missed", "timeout", "unviable"))
    print("<!-- Written by scripts/mutants.sh; remarks stand in docs/mutants-remarks.json. -->")
    print("# Mutants\n")
    print("The scores and the evaluator of rules, changed in one place at a time by cargo-mutants (`make mutants`): does a")
    print("test of `healthcare-dss` notice?\n")
    print("| | |\n|---|---:|")
    print(f"| noticed | {len(caught)} |\n| noticed by never ending | {len(slow)} |")
    print(f"| **not noticed** | {len(missed)} |\n| do not compile, so prove nothing | {len(never)} |")
    if missed:
        print("\n## Not noticed\n\n| where | change | why it stands |\n|---|---|---|")
        for file, change in sorted(map(named, missed)):
            escaped = change.replace("|", "\\|")
            print(f"| `{file}` | `{escaped}` | {remarks.get(f'{file}: {change}', '')} |")


main(pathlib.Path(sys.argv[1]))
