#!/usr/bin/env python3
"""Writes what healthcare-dss knows of drug codes from a table of RxNorm names.

    scripts/drug-names.py rxnorm-names.csv [bundle.json ...]

The table has the columns rxcui;nui;drugname (RxNorm and NDF-RT, works of the US government); codings of RxNorm within FHIR
bundles are read as well. Names are read with the
same words as src/knowledge/product_name.rs. Written are healthcare-dss/knowledge/ingredients.json (codes of salts, and
ingredients of marketed products that were not known yet) and products.json (codes of products, by their ingredients).
What cannot be read whole is left out: an unknown code is told as not checked, a wrong one would be believed.
"""
import csv, json, re, sys
from collections import defaultdict
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent / "healthcare-dss"
INGREDIENTS = ROOT / "knowledge/ingredients.json"
PRODUCTS = ROOT / "knowledge/products.json"
# Longer names are cut in the table.
CUT = 50
# What NDF-RT abbreviates.
ABBREVIATIONS = {
    "hcl": "hydrochloride", "hctz": "hydrochlorothiazide", "apap": "acetaminophen", "kcl": "potassium chloride",
    "mvi": "multivitamins", "hc": "hydrocortisone", "k": "potassium", "na": "sodium", "so4": "sulfate", "ca": "calcium",
    "hbr": "hydrobromide", "po4": "phosphate", "mg": "mg",
}
# Forms that act where they are put; what they hold hardly reaches the blood.
LOCAL = {"cream", "crm", "oint", "ointment", "lotion", "lot", "shampoo", "top", "topical", "oph", "ophthalmic", "otic",
         "mouthwash", "vag", "dental", "nasal", "soap", "gel", "foam", "jelly", "swab", "pad",
         # Absolute alcohol is injected where it acts, into a nerve.
         "absolute"}
# Drugs whose ointments and gels are meant for the whole body.
THROUGH_THE_SKIN = {"nitroglycerin", "testosterone", "estradiol", "fentanyl", "buprenorphine", "clonidine",
                    "scopolamine", "rotigotine", "rivastigmine", "nicotine", "oxybutynin", "selegiline",
                    "methylphenidate", "sumatriptan", "zolmitriptan", "butorphanol", "desmopressin", "calcitonin",
                    "midazolam", "naloxone", "ketorolac", "diclofenac", "progesterone"}
# What products are made up with, and food: known words, but no drugs.
NO_DRUGS = {"acetone", "cellulose", "carbomer", "collagen", "fiber", "liver", "starch", "sucrose", "lactose", "fructose",
            "maltose", "xylose", "gelatin", "silicone", "polysorbate", "poloxamer", "nitrogen", "helium", "xenon",
            "oatmeal", "soybean", "dichlorodifluoromethane", "dichlorotetrafluoroethane", "methylparaben",
            "propylparaben", "phosphorus", "mercury", "boron", "hydrastis", "bryonia", "arnica", "alfalfa", "aloin",
            "ammonia", "sorbitol", "lanolin", "povidone", "cetylpyridinium", "glutaraldehyde", "formaldehyde",
            "ytterbium", "parachlorophenol", "orthophthalaldehyde", "octoxynol", "methylcellulose", "hypromellose",
            "carboxymethylcellulose", "sulfur", "pectin", "inulin", "histoplasmin", "tuberculin", "lecithin", "apiole", "parsley",
            "thyme", "wormwood", "mistletoe", "cinnamon", "moisturel", "orabase", "secura", "tisseel", "anusol", "cutemol",
            "safflower", "silicon", "titanium", "triethanolamine", "paraffin", "glycerin", "protein", "varicella", "cysteine",
            "arsenic", "technetium", "trichophyton", "gluceptate", "disofenin", "uracil", "pokeweed", "myrrh", "licorice",
            "asafetida", "belladonna", "copper", "silver", "iodide", "fluoride", "aluminum", "chromium", "molybdenum"}
# Words of NDF-RT's dose forms and packs.
FORMS = set("""tab tabs cap caps inj soln susp sa ec ud vil syr oral amp cart inhl inhlr elix drp supp rtl crm oint top
oph lot gel patch ptch pwdr liq syrup tablet capsule chew effervsc odt sl buccal spray lvp iv im sc u unt ml l gm kg mcg
meq mm dose rdna human pf bag soln,oral each day days hr pk pkt kit pen lozenge troche film xr xl er cr la sr dr
td wk aerosol aer inhl,oral multi-dose single-dose sup rinse implant ring insert gum mouthwash otic nasal vag
conc pkg tubex btl dent applicator rapid irrg pca carpuject bucc es nacl cl br sf syringe synthetic concentrated activated
microsize macrocrystalline liposome strong pork beef absolute dental miniquick""".split())


def passed_over():
    text = (ROOT / "src/knowledge/product_name.rs").read_text()
    block = text[text.index("const PASSED_OVER"):]
    return set(re.findall(r'"([^"]+)"', block[: block.index("];")]))


def normalise(words):
    return " ".join("".join(c if c.isalnum() or c in ".%'" else " " for c in words.lower()).split()).rstrip(" .")


class Names:
    def __init__(self, document):
        self.by_name = {}
        for drug in document["ingredients"]:
            for name in [drug["name"], *drug.get("names", [])]:
                self.by_name[normalise(name)] = (drug["name"],)
        for brand, names in document.get("combinations", {}).items():
            self.by_name[normalise(brand)] = tuple(names)
        self.longest = max(len(name.split()) for name in self.by_name)
        self.passed_over = passed_over()

    def scan(self, words):
        """Ingredients, and the words that are none."""
        tokens = [ABBREVIATIONS.get(token, token) for token in normalise(words).split()]
        tokens = " ".join(tokens).split()
        found, unknown, at = [], [], 0
        while at < len(tokens):
            for length in range(min(self.longest, len(tokens) - at), 0, -1):
                names = self.by_name.get(" ".join(tokens[at : at + length]))
                if names:
                    found.extend(names)
                    at += length
                    break
            else:
                token = tokens[at]
                if not (len(token) == 1 or token[0] in "0123456789." or token in self.passed_over or token in FORMS):
                    unknown.append(token)
                at += 1
        return sorted(set(found)), unknown


def codings(value):
    """RxNorm codes with their names, wherever they stand."""
    if isinstance(value, dict):
        if value.get("system") == "http://www.nlm.nih.gov/research/umls/rxnorm" and value.get("display"):
            yield value["code"], value["display"]
        for inner in value.values():
            yield from codings(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from codings(inner)


def main():
    rows = list(csv.DictReader(open(sys.argv[1], encoding="utf-8"), delimiter=";"))
    document = json.loads(INGREDIENTS.read_text())
    names = Names(document)
    coded = {code for drug in document["ingredients"] for code in [drug.get("rxcui"), *drug.get("also_rxcui", [])] if code}
    plain, products, marketed = defaultdict(list), defaultdict(list), set()
    for row in rows:
        name, _, kind = row["drugname"].partition(" [")
        # Brands and makers stand in parentheses.
        name = re.sub(r"\(.*?\)", " ", name)
        if kind.startswith(("Dose", "EPC", "TC")) or "[" in row["drugname"][:1]:
            continue
        if kind.startswith("V") or re.search(r"\d", name) or len(row["drugname"]) >= CUT and not kind:
            whole = bool(kind) or len(row["drugname"]) < CUT
            if whole:
                products[row["rxcui"]].append(name)
            marketed.update(normalise(name).split())
        else:
            plain[row["rxcui"]].append(name)
    for path in sys.argv[2:]:
        for code, display in codings(json.loads(Path(path).read_text())):
            if code not in products and code not in plain:
                products[code].append(display.partition(" [")[0])
    # Ingredients of marketed products that are not known yet.
    salts = names.passed_over
    added = []
    for code, called in sorted(plain.items(), key=lambda item: int(item[0])):
        for name in called:
            name = normalise(name)
            known, unknown = names.scan(name)
            is_base = not known and not any(token in salts for token in name.split())
            # A single word: what has several is rarely an ingredient that nobody wrote down yet.
            if code not in coded and is_base and name in marketed and name not in NO_DRUGS and re.fullmatch(r"[a-z][a-z-]{4,}", name):
                added.append({"name": name, "rxcui": code})
                names.by_name[name] = (name,)
                coded.add(code)
                break
    by_name = {drug["name"]: drug for drug in [*document["ingredients"], *added]}
    # Ingredients without a code, and codes of salts.
    combined = defaultdict(set)
    for code, called in plain.items():
        if code in coded:
            continue
        readings = [names.scan(name) for name in called]
        readings = [found for found, unknown in readings if found and not unknown]
        if not readings or any(found != readings[0] for found in readings):
            continue
        found = readings[0]
        if len(found) == 1:
            drug = by_name[found[0]]
            exact = normalise(called[0]) == drug["name"]
            if exact and "rxcui" not in drug:
                drug["rxcui"] = code
            else:
                drug.setdefault("also_rxcui", []).append(code)
            coded.add(code)
        else:
            combined[" + ".join(found)].add(code)
            coded.add(code)
    local = defaultdict(set)
    skipped = 0
    for code, called in products.items():
        if code in coded:
            continue
        readings = [(names.scan(name), name) for name in called]
        sound = [(found, name) for (found, unknown), name in readings if found and not unknown]
        if len(sound) != len(readings) or any(found != sound[0][0] for found, _ in sound):
            skipped += 1
            if sys.flags.verbose:
                print(code, called, [names.scan(name)[1] for name in called])
            continue
        found, name = sound[0]
        words = set(normalise(name).split())
        is_local = bool(words & LOCAL) and not set(found) & THROUGH_THE_SKIN
        (local if is_local else combined)[" + ".join(found)].add(code)
    document["ingredients"] = sorted(by_name.values(), key=lambda drug: drug["name"])
    for drug in document["ingredients"]:
        if "also_rxcui" in drug:
            drug["also_rxcui"] = sorted(set(drug["also_rxcui"]), key=int)
    write(INGREDIENTS, "ingredients", document)
    lists = lambda table: {key: sorted(codes, key=int) for key, codes in sorted(table.items())}
    text = '{\n  "source": "RxNorm and NDF-RT (US government), read by scripts/drug-names.py",\n  "products": {\n'
    body = lambda table: ",\n".join(f"    {json.dumps(key)}: {json.dumps(' '.join(codes))}" for key, codes in lists(table).items())
    text += body(combined) + '\n  },\n  "local": {\n' + body(local) + "\n  }"
    # What scripts/opioid-strengths.py wrote stays.
    if called := json.loads(PRODUCTS.read_text()).get("named"):
        text += ',\n  "named": {\n' + ",\n".join(f"    {json.dumps(k)}: {json.dumps(v)}" for k, v in called.items()) + "\n  }"
    text += "\n}\n"
    PRODUCTS.write_text(text)
    print(f"{len(added)} ingredients added, {len(document['ingredients'])} in all; "
          f"{sum(map(len, combined.values()))} products, {sum(map(len, local.values()))} local ones, {skipped} not read")


def write(path, key, document):
    lines = ",\n".join("    " + json.dumps(drug, ensure_ascii=False) for drug in document[key])
    rest = ",\n".join("    " + json.dumps(k) + ": " + json.dumps(v) for k, v in document.get("combinations", {}).items())
    path.write_text('{\n  "ingredients": [\n' + lines + '\n  ],\n  "combinations": {\n' + rest + "\n  }\n}\n")


main()
