#!/usr/bin/env python3
"""Writes what products of opioids are called, for orders that have the code alone.

    scripts/opioid-strengths.py rxnorm-names.csv

The table is that of scripts/drug-names.py. Written is the field `named` of healthcare-dss/knowledge/products.json: strength and
form by RxCUI, so that the opioids of a day can be summed. What cannot be read whole, or is told in two ways, is left out: a
strength that is not known is told as not summed, a wrong one would be believed.
"""
import csv
import json
import re
import sys
from collections import defaultdict
from pathlib import Path

KNOWLEDGE = Path(__file__).resolve().parent.parent / "healthcare-dss/knowledge"
# NDF-RT's forms, the longer first, and RxNorm's words for them.
FORMS = [("TAB,SA", "Extended Release Oral Tablet"), ("CAP,SA", "Extended Release Oral Capsule"),
         ("TAB,SUBLINGUAL", "Sublingual Tablet"), ("TAB,SL", "Sublingual Tablet"), ("TAB,BUCCAL", "Buccal Tablet"),
         ("FILM,BUCCAL", "Buccal Film"), ("FILM,SUBLINGUAL", "Sublingual Film"), ("TAB", "Oral Tablet"), ("CAP", "Oral Capsule"),
         ("SOLN,ORAL", "Oral Solution"), ("ORAL,SOLN", "Oral Solution"), ("SYRUP", "Oral Solution"),
         ("PATCH", "Transdermal System"), ("LOZENGE", "Buccal Lozenge"), ("SUPP,RTL", "Rectal Suppository"), ("INJ", "Injection")]
PART = re.compile(r"([A-Z][A-Z0-9 ,.'-]*?)\s+(\d[\d.,]*)\s*(MG|MCG)((?:/\d*\.?\d*ML|/HR)?)(?:\s*24HR)?(?:\s*\(PF\))?")


def form_of(name):
    return next((words for form, words in FORMS if re.search(rf"(?<![A-Z]){re.escape(form)}(?![A-Z])", name)), None)


def called(name, ingredients):
    """The name as RxNorm would write it, or none where a part of it cannot be read."""
    form = form_of(name)
    strengths = re.split(r"\s(?:TAB|CAP|SOLN|ORAL,SOLN|SYRUP|PATCH|LOZENGE|SUPP|INJ|FILM)\b", name)[0]
    parts = re.split(r"/(?!\d*\.?\d*ML|HR)", strengths)
    # A tablet of fentanyl melts under the tongue, whatever the table calls it.
    if form is None or len(parts) != len(ingredients) or (form == "Oral Tablet" and "fentanyl" in ingredients):
        return None
    told = []
    for part in parts:
        found = PART.fullmatch(part.strip())
        if not found:
            return None
        word = found[1].lower().split()[0]
        of = [one for one in ingredients if one.split()[0] == word]
        # A volume beside one of two ingredients does not say of how much the other is.
        if len(of) != 1 or (found[4] and len(parts) > 1):
            return None
        told.append(f"{of[0]} {found[2].replace(',', '')} {found[3]}{found[4]}")
    liquid = form in ("Oral Solution", "Injection")
    if liquid != ("ML" in told[0]) or (form == "Transdermal System") != ("/HR" in told[0]):
        return None
    return " / ".join(sorted(told)) + " " + form


def main():
    classes = {one["id"]: one for one in json.loads((KNOWLEDGE / "classes.json").read_text())}
    opioids = set(classes["opioid"]["members"])
    path = KNOWLEDGE / "products.json"
    document = json.loads(path.read_text())
    names = defaultdict(set)
    for row in csv.DictReader(open(sys.argv[1], encoding="utf-8"), delimiter=";"):
        if re.search(r"\d", row["drugname"]):
            names[row["rxcui"]].add(re.sub(r"\s*\[.*$", "", row["drugname"]).strip())
    named = {}
    for joined, codes in document["products"].items():
        ingredients = joined.split(" + ")
        if opioids.isdisjoint(ingredients):
            continue
        for code in codes.split():
            told = {called(name, ingredients) for name in names[code]}
            if len(told) == 1 and None not in told:
                named[code] = told.pop()
    document["named"] = dict(sorted(named.items(), key=lambda one: int(one[0])))
    path.write_text(json.dumps(document, indent=2, ensure_ascii=False) + "\n")


main()
