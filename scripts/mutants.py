"""Writes docs/MUTANTS.md: what cargo-mutants changed, and which changes no test noticed."""

import collections
import datetime
import json
import pathlib
import sys

REMARKS = pathlib.Path(__file__).parent.parent / "docs" / "mutants-remarks.json"
OUTCOMES = ("caught", "timeout", "missed", "unviable")


def named(line):
    """`healthcare-dss/src/a.rs:12:3: replace …` as file, place and change."""
    place, change = line.split(": ", 1)
    file, where = place.split(":", 1)
    return file.removeprefix("healthcare-dss/src/"), where, change


def lines(file):
    return [named(line) for line in file.read_text().splitlines() if line] if file.exists() else []


def main(folder):
    """All runs in the folder, in order: what a later one says of a change replaces what an earlier one said."""
    remarks = json.loads(REMARKS.read_text()) if REMARKS.exists() else {}
    told = {}
    for run in sorted(folder.glob("*/mutants.out")):
        for outcome in OUTCOMES:
            told.update((mutant, outcome) for mutant in lines(run / f"{outcome}.txt"))
    # What an earlier run said of a place that is another one now is not told.
    now = lines(folder / "all.txt")
    there = set(now)
    told = {mutant: outcome for mutant, outcome in told.items() if mutant in there}
    files = collections.defaultdict(collections.Counter)
    for (file, _, _), outcome in told.items():
        files[file][outcome] += 1
    for file, _, _ in now:
        files[file]["all"] += 1
    for of in files.values():
        of["not run"] = max(0, of["all"] - sum(of[outcome] for outcome in OUTCOMES))
    total = sum(files.values(), collections.Counter())
    print("<!-- Written by scripts/mutants.sh; remarks stand in docs/mutants-remarks.json. -->")
    print("# Mutants\n")
    print("The scores and the evaluator of rules, changed in one place at a time by cargo-mutants (`make mutants`, or a slice")
    print("of it: `scripts/mutants.sh --shard 0/8`): do the unit tests and the golden explanations of `healthcare-dss` notice?")
    print(f"Written on {datetime.datetime.now(datetime.timezone.utc):%Y-%m-%d}.\n")
    run = sum(total[outcome] for outcome in OUTCOMES)
    print(f"Of {total['all']} changes {run} were tried{', the others not yet' if total['not run'] else ''}.\n")
    if note := remarks.get("note"):
        print(f"{note}\n")
    print("| file | changes | noticed | never ended | **not noticed** | does not compile | not tried |")
    print("|---|---:|---:|---:|---:|---:|---:|")
    columns = ("all", "caught", "timeout", "missed", "unviable", "not run")
    for file, of in [*sorted(files.items()), ("all", total)]:
        print(f"| `{file}` | " + " | ".join(str(of[column]) for column in columns) + " |")
    missed = sorted(mutant for mutant, outcome in told.items() if outcome == "missed")
    if missed:
        print("\n## Not noticed\n\n| where | change | why it stands |\n|---|---|---|")
        for file, where, change in missed:
            escaped = change.replace("|", "\\|")
            why = remarks.get(f"{file}:{where}: {change}") or remarks.get(f"{file}: {change}", "open")
            print(f"| `{file}:{where}` | `{escaped}` | {why} |")


main(pathlib.Path(sys.argv[1]))
