#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Check the lexicon's form: columns, closed classes, duplicates, stray space.

Usage: check-lexicon.py [--quiet] [--self-test] [DIR]

DIR is the folder of the four tables (default: policy/lexicon beside this script's
folder). The format is drawn in doc/format/lexicon.md; every class named there must be
known here and the reverse, so the page cannot drift from the tables.

--self-test breaks copies of the tables in many ways and says which break was not found.

Prints counts per class and language, then one line per fault as file:line: fault.
Exit 0 when there is no fault, 1 when there is one, 2 when it was used wrongly.
"""

import collections
import itertools
import os
import re
import sys
import tempfile
import unicodedata

KINDS = {"inn", "brand", "alias"}
RISKS = {"high", "medium", "low"}
COUNTRIES = ["US", "JP", "GB", "DE", "FR", "CA", "IN", "AU"]
STATUSES = {"rx", "controlled", "pharmacy", "otc", "unapproved", "withdrawn", "banned", "-"}
WORD_CLASSES = {"pharmacy", "weak", "commerce", "country", "norx", "ordinary"}
EDGES = {"any", "label"}
SUBSTANCE_CLASSES = set("""
abortifacient adhd_other alcohol_dependence anabolic anaesthetic analgesic androgen anorectic
antianginal nitrate antiarrhythmic antibiotic anticoagulant anticonvulsant antidepressant antidiabetic
antidiarrhoeal antidote antiemetic antiestrogen antifungal antihistamine antihypertensive
antimalarial antiparasitic antiplatelet antipsychotic antispasmodic antithyroid antiviral
anxiolytic_other asthma barbiturate benzodiazepine cancer cannabinoid contraceptive
corticosteroid cough_cold dementia diuretic emergency_contraceptive erectile_other estrogen eye
eye_lash fertility gabapentinoid gastric glp1 gout growth_hormone hair_loss hepatitis_c hiv
immunosuppressant insulin iron_vitamin laxative lipid migraine_other mood_stabiliser
muscle_relaxant nootropic nsaid opioid opioid_antagonist orexin_hypnotic osteoporosis parkinson
pde5 peptide premature_ejaculation progestogen psychedelic retinoid sexual_desire skin sleep
smoking statin stimulant thyroid toxin triptan tuberculosis urology wakefulness weight_loss
z_hypnotic
""".split())
SEALS = {"gphc", "nabp", "vipps", "cipa", "legitscript", "eu_logo", "mhra", "pharmacychecker"}
# class -> what its arg column holds: None (empty), "country", "seal", or one word that may be left out
PHRASE_CLASSES = {name: None for name in """
norx norx_bare negation rx_required rx_by_form warning_genre cart price_per_unit ship_world
conceal reship customs_free pay_crypto pay_wire pay_giftcard pay_p2p pay_card personal_import
self_responsibility cure_claim fda_generic bonus refund licence_claim pharmacist research_use
shop_pharmacy clinic supplement vet other_business contact about_affiliate sell ship place not vendor
media
""".split()}
PHRASE_CLASSES.update(ship_to="country", ship_from="country", not_to="country", place="country", seal="seal",
                      cure_claim=("disease",), supplement=("contains",))

# These tell of a sentence, not of the site, and may share a phrase with a class that does.
HELPERS = {"sell", "ship", "place", "not", "vendor"}

# name of a file -> (columns that every row has, columns that may be left out at the end)
TABLES = {
    "drugs.tsv": (["term", "kind", "substance", "lang"], ["ambiguous"]),
    "substances.tsv": (["substance", "class", "risk"] + COUNTRIES + ["source"], []),
    "words.tsv": (["word", "class", "lang", "edge"], []),
    "phrases.tsv": (["class", "lang", "pattern"], ["arg"]),
}
# Below these the tables are not worth shipping; the figures are those that were promised.
LEAST = {"drugs.tsv": 900, "substances.tsv": 350, "words.tsv": 400, "phrases.tsv": 700}
LEAST_LANGUAGES = {"drugs.tsv": 7, "words.tsv": 15, "phrases.tsv": 22}
LEAST_ORDINARY = 80

# A pattern may stand for this many different phrases: it bounds what a program that writes
# the alternatives out has to hold.
MOST_VARIANTS = 20000
# An ASCII word that may match inside a run of letters is at least this long, because shorter
# ones are found in ordinary words (`meds` in `smedslatten`). Vetoes are free to be short.
SHORTEST_ANY = 6

LANG = re.compile(r"^[a-z]{2,3}(-[A-Z][a-z]{3})?$")
COUNTRY = re.compile(r"^[A-Z]{2}$")
# What is left of a text when punctuation and space are gone: at least one letter or digit.
WORD = re.compile(r"[^\W_]")
# What the program turns into one space. Thai vowels and voiced-sound marks are marks, not words.
NOT_WORD = re.compile(r"[^\w\u0e00-\u0e7f\u3099\u309a]+")


def fold(text):
    """Case, width and diacritics removed, near enough to what the program does.

    Voiced-sound marks of kana are kept: they make different letters, not accents."""
    out = unicodedata.normalize("NFKD", text).casefold()
    out = "".join(c for c in out if unicodedata.category(c) != "Mn" or c in "\u3099\u309a")
    return unicodedata.normalize("NFC", out)


class Fault(Exception):
    """A row that breaks the format; the text says how."""


def split_top(text, opening, closing):
    """Cut a pattern into (kind, text) pieces: kind is '' for plain words, else the bracket."""
    pieces, depth, start = [], 0, 0
    for i, char in enumerate(text):
        if char == opening:
            if depth == 0:
                pieces.append(("", text[start:i]))
                start = i + 1
            depth += 1
        elif char == closing:
            depth -= 1
            if depth < 0:
                raise Fault("'%s' without '%s'" % (closing, opening))
            if depth == 0:
                pieces.append((opening, text[start:i]))
                start = i + 1
    if depth:
        raise Fault("'%s' is never closed" % opening)
    pieces.append(("", text[start:]))
    return [p for p in pieces if p[0] or p[1]]


def check_edges(pieces):
    """Brackets stand between spaces, so that a word is never glued together from parts."""
    for (kind, _), (_, after) in itertools.pairwise(pieces):
        if kind and after and not after.startswith(" "):
            raise Fault("text glued to the end of a bracket")
    for (_, before), (kind, _) in itertools.pairwise(pieces):
        if kind and before and not before.endswith(" "):
            raise Fault("text glued to the start of a bracket")


def alternatives(text):
    """The number of phrases that {a|b c} stands for."""
    names = text.split("|")
    if len(names) < 2:
        raise Fault("a choice of one")
    for name in names:
        if not name or name != name.strip():
            raise Fault("empty or padded alternative in {%s}" % text)
        if not WORD.search(name):
            raise Fault("alternative '%s' folds to nothing" % name)
    if len(set(map(fold, names))) != len(names):
        raise Fault("the same alternative twice in {%s}" % text)
    return len(names)


def variants(text, inside=False):
    """How many different phrases a pattern stands for; raises Fault on bad grammar."""
    count = 1
    if not inside:
        pieces = split_top(text, "[", "]")
        check_edges(pieces)
        plain = [p for p in pieces if not p[0]]
        if not any(p[1].strip() for p in plain):
            raise Fault("nothing in it is required")
        for kind, part in pieces:
            if kind:
                if "[" in part or "]" in part:
                    raise Fault("[] inside []")
                if not part.strip() or part != part.strip():
                    raise Fault("empty or padded []")
                count *= 1 + variants(part, True)
            else:
                count *= variants(part, True)
        return count
    pieces = split_top(text, "{", "}")
    check_edges(pieces)
    for kind, part in pieces:
        if kind:
            if "{" in part or "}" in part:
                raise Fault("{} inside {}")
            count *= alternatives(part)
        elif "|" in part:
            raise Fault("'|' outside {}")
        elif part.strip() and not WORD.search(part):
            raise Fault("'%s' folds to nothing" % part.strip())
    return count


def write_out(text):
    """Every phrase that a well-formed pattern stands for, folded and in single spaces."""
    phrases = [""]
    for kind, part in split_top(text, "[", "]"):
        choices = [part.split("|") if inner else [part]
                   for inner, part in split_top(part, "{", "}")]
        texts = [" ".join(words) for words in itertools.product(*choices)]
        if kind:
            texts.append("")
        phrases = [a + " " + b for a in phrases for b in texts]
    return {" ".join(NOT_WORD.sub(" ", fold(phrase)).split()) for phrase in phrases}


class Checker:
    def __init__(self, folder):
        self.folder = folder
        self.faults = []
        self.counts = collections.defaultdict(collections.Counter)

    def fault(self, name, line, text):
        self.faults.append("%s:%d: %s" % (name, line, text))

    def rows(self, name):
        """Yield (line number, list of fields) of the data rows, checking the outer form."""
        needed, optional = TABLES[name]
        path = os.path.join(self.folder, name)
        with open(path, "rb") as file:
            data = file.read()
        if data.startswith(b"\xef\xbb\xbf"):
            self.fault(name, 1, "byte order mark")
        if not data.endswith(b"\n"):
            self.fault(name, data.count(b"\n") + 1, "last line has no line feed")
        try:
            text = data.decode("utf-8")
        except UnicodeDecodeError as err:
            self.fault(name, data.count(b"\n", 0, err.start) + 1, "not UTF-8")
            return
        header = None
        for number, line in enumerate(text.split("\n")[:-1], 1):
            if line.startswith("#"):
                continue
            if any(unicodedata.category(c) in ("Cc", "Cf", "Zl", "Zp") for c in line
                   if c not in "\t\u200c\u200d"):
                self.fault(name, number, "control or invisible character")
            if unicodedata.normalize("NFC", line) != line:
                self.fault(name, number, "not in normal form C")
            fields = line.split("\t")
            for field in fields:
                if field != field.strip() or "  " in field or "\u00a0" in field \
                        or "\u3000" in field:
                    self.fault(name, number, "stray space in '%s'" % field)
            if header is None:
                header = fields
                if header != needed + optional:
                    self.fault(name, number, "the first line must name the columns: %s"
                               % " ".join(needed + optional))
                continue
            if not len(needed) <= len(fields) <= len(needed) + len(optional):
                self.fault(name, number, "%d columns" % len(fields))
                continue
            if "" in fields:
                self.fault(name, number, "empty column")
                continue
            yield number, fields + [""] * (len(needed) + len(optional) - len(fields))

    def lang(self, name, number, lang):
        if lang != "mul" and not LANG.match(lang):
            self.fault(name, number, "language '%s'" % lang)

    def closed(self, name, number, what, value, known):
        if value not in known:
            self.fault(name, number, "%s '%s' is not one of %s"
                       % (what, value, " ".join(sorted(known))))

    def once(self, name, number, seen, key, shown):
        if key in seen:
            self.fault(name, number, "'%s' is on line %d already" % (shown, seen[key]))
        seen.setdefault(key, number)

    def in_order(self, name, number, before, key):
        if before is not None and key < before:
            self.fault(name, number, "not sorted")
        return key

    def drugs(self):
        name, seen, mul, rest, used, last = "drugs.tsv", {}, {}, [], {}, None
        for number, (term, kind, substance, lang, ambiguous) in self.rows(name):
            self.lang(name, number, lang)
            self.closed(name, number, "kind", kind, KINDS)
            if ambiguous not in ("", "yes"):
                self.fault(name, number, "ambiguous is 'yes' or left out")
            folded = fold(term)
            self.once(name, number, seen, (folded, lang), term)
            if lang == "mul":
                mul[folded] = number
            else:
                rest.append((number, folded, term))
            used.setdefault(substance, number)
            last = self.in_order(name, number, last, (folded, term, lang))
            self.counts[name + " by kind"][kind] += 1
            self.counts[name + " by language"][lang] += 1
        for number, folded, term in rest:
            if folded in mul:
                self.fault(name, number, "'%s' is on line %d for every language"
                           % (term, mul[folded]))
        return used

    def substances(self, used):
        name, seen, last = "substances.tsv", {}, None
        for number, fields in self.rows(name):
            substance, cls, risk = fields[:3]
            self.closed(name, number, "class", cls, SUBSTANCE_CLASSES)
            self.closed(name, number, "risk", risk, RISKS)
            for country, status in zip(COUNTRIES, fields[3:11]):
                self.closed(name, number, country, status, STATUSES)
            self.once(name, number, seen, substance, substance)
            last = self.in_order(name, number, last, substance)
            if substance not in used:
                self.fault(name, number, "'%s' has no row in drugs.tsv" % substance)
            self.counts[name + " by class"][cls] += 1
            self.counts[name + " by risk"][risk] += 1
        for substance, number in sorted(used.items(), key=lambda item: item[1]):
            if substance not in seen:
                self.fault("drugs.tsv", number, "'%s' is not in substances.tsv" % substance)

    def words(self):
        name, seen, last = "words.tsv", {}, None
        for number, (word, cls, lang, edge) in self.rows(name):
            self.lang(name, number, lang)
            self.closed(name, number, "class", cls, WORD_CLASSES)
            self.closed(name, number, "edge", edge, EDGES)
            if word != word.lower():
                self.fault(name, number, "'%s' is not in lower case" % word)
            for char in word:
                if char != "-" and unicodedata.category(char)[0] not in "LMN":
                    self.fault(name, number, "'%s' cannot stand in a domain name" % word)
                    break
            if word.startswith("-") or word.endswith("-"):
                self.fault(name, number, "'%s' has a hyphen at its edge" % word)
            folded = fold(word)
            if edge == "any" and cls != "ordinary" and folded.isascii() \
                    and len(folded) < SHORTEST_ANY:
                self.fault(name, number, "'%s' is too short for edge any" % word)
            self.once(name, number, seen, (folded, lang), word)
            last = self.in_order(name, number, last, (cls, word, lang))
            self.counts[name + " by class"][cls] += 1
            self.counts[name + " by language"][lang] += 1
        if self.counts[name + " by class"]["ordinary"] < LEAST_ORDINARY:
            self.fault(name, 0, "fewer than %d ordinary words" % LEAST_ORDINARY)

    def phrases(self):
        name, seen, last, meaning = "phrases.tsv", {}, None, {}
        for number, (cls, lang, pattern, arg) in self.rows(name):
            self.lang(name, number, lang)
            self.closed(name, number, "class", cls, PHRASE_CLASSES)
            want = PHRASE_CLASSES.get(cls)
            if want is None and arg:
                self.fault(name, number, "class %s has no arg" % cls)
            if want == "country" and not COUNTRY.match(arg):
                self.fault(name, number, "class %s needs a country" % cls)
            if isinstance(want, tuple) and arg:
                self.closed(name, number, "arg", arg, want)
            if want == "seal":
                self.closed(name, number, "seal", arg, SEALS)
            try:
                count = variants(pattern)
                if count > MOST_VARIANTS:
                    raise Fault("stands for %d phrases, at most %d" % (count, MOST_VARIANTS))
                self.counts["phrases written out"]["all"] += count
                for phrase in write_out(pattern) if cls not in HELPERS else ():
                    other = meaning.setdefault((lang, phrase), (cls, arg, number))
                    if other[:2] != (cls, arg):
                        raise Fault("'%s' is %s on line %d already"
                                    % (phrase, " ".join(other[:2]).strip(), other[2]))
            except Fault as err:
                self.fault(name, number, "pattern '%s': %s" % (pattern, err))
            self.once(name, number, seen, (cls, lang, arg, fold(pattern)), pattern)
            last = self.in_order(name, number, last, (cls, lang, arg, pattern))
            self.counts[name + " by class"][cls] += 1
            self.counts[name + " by language"][lang] += 1
        for cls in sorted(PHRASE_CLASSES):
            if not self.counts[name + " by class"][cls]:
                self.fault(name, 0, "class %s has no row" % cls)

    def sizes(self):
        for name, least in LEAST.items():
            by = "class" if name != "drugs.tsv" else "kind"
            have = sum(self.counts["%s by %s" % (name, by)].values())
            if have < least:
                self.fault(name, 0, "%d rows, at least %d" % (have, least))
        for name, least in LEAST_LANGUAGES.items():
            have = len([lang for lang in self.counts[name + " by language"] if lang != "mul"])
            if have < least:
                self.fault(name, 0, "%d languages, at least %d" % (have, least))

    def page(self, path):
        """Every closed value has its row in the format page, and the page names no other."""
        with open(path, encoding="utf-8") as file:
            text = file.read()
        for heading, known in (
                ("Kinds", KINDS), ("Substance classes", SUBSTANCE_CLASSES),
                ("Statuses", STATUSES), ("Word classes", WORD_CLASSES),
                ("Phrase classes", set(PHRASE_CLASSES)), ("Seals", SEALS)):
            match = re.search(r"^#+ %s\n(.*?)(?=^#|\Z)" % heading, text, re.M | re.S)
            if not match:
                self.fault(path, 0, "no section '%s'" % heading)
                continue
            named = set(re.findall(r"^\| `([^`]+)` \|", match.group(1), re.M))
            for value in sorted(known - named):
                self.fault(path, 0, "section '%s' does not explain %s" % (heading, value))
            for value in sorted(named - known):
                self.fault(path, 0, "section '%s' explains %s, which is unknown"
                           % (heading, value))

    def run(self, page, only=None):
        """Check all tables, or what concerns the one named; return the faults."""
        if only in (None, "drugs.tsv", "substances.tsv"):
            self.substances(self.drugs())
        if only in (None, "words.tsv"):
            self.words()
        if only in (None, "phrases.tsv"):
            self.phrases()
        if only is None:
            self.sizes()
        self.page(page)
        return self.faults


# A change of one table -> a part of the fault that must be reported for it.
MUTATIONS = [
    ("drugs.tsv", "Viagra\tbrand", "Viagra \tbrand", "stray space"),
    ("drugs.tsv", "Viagra\tbrand", "Via\u200bgra\tbrand", "invisible"),
    ("drugs.tsv", "Viagra\tbrand", "Viagra\ttrade", "kind 'trade'"),
    ("drugs.tsv", "Viagra\tbrand\tsildenafil\tmul", "Viagra\tbrand\tsildenafil\tmulti",
     "language 'multi'"),
    ("drugs.tsv", "Viagra\tbrand\tsildenafil", "Viagra\tbrand\tsildenafyl",
     "not in substances.tsv"),
    ("drugs.tsv", "Viagra\tbrand", "Cialis\tbrand", "already"),
    ("drugs.tsv", "sildenafilo\tinn\tsildenafil\tes", "sildénafil\tinn\tsildenafil\tes",
     "for every language"),
    ("drugs.tsv", "Viagra\tbrand", "\u00c0viagra\tbrand", "not sorted"),
    ("drugs.tsv", "Viagra\tbrand\tsildenafil\tmul", "Viagra\tbrand\tsildenafil\tmul\tno",
     "ambiguous"),
    ("substances.tsv", "sildenafil\tpde5", "sildenafil\tpde6", "class 'pde6'"),
    ("substances.tsv", "sildenafil\tpde5\thigh\trx", "sildenafil\tpde5\thigh\tprescription",
     "US 'prescription'"),
    ("substances.tsv", "sildenafil\tpde5\thigh", "sildenafil\tpde5\tgrave", "risk 'grave'"),
    ("words.tsv", "apotheke\tpharmacy\tde", "Apotheke\tpharmacy\tde", "lower case"),
    ("words.tsv", "apotheke\tpharmacy\tde", "apot_heke\tpharmacy\tde", "domain name"),
    ("words.tsv", "apotheke\tpharmacy\tde", "apothek-\tpharmacy\tde", "hyphen"),
    ("words.tsv", "rx\tweak\ten\tlabel", "rx\tweak\ten\tany", "too short"),
    ("words.tsv", "rx\tweak\ten\tlabel", "rx\tweak\ten\tedge", "edge 'edge'"),
    ("phrases.tsv", "skip the doctor", "skip {the doctor", "never closed"),
    ("phrases.tsv", "skip the doctor", "skip {the} doctor", "choice of one"),
    ("phrases.tsv", "skip the doctor", "skip {the|the {a|b}} doctor", "{} inside {}"),
    ("phrases.tsv", "skip the doctor", "skip {the|#} doctor", "folds to nothing"),
    ("phrases.tsv", "skip the doctor", "skip [the]doctor", "glued"),
    ("phrases.tsv", "skip the doctor", "[skip the doctor]", "nothing in it is required"),
    ("phrases.tsv", "skip the doctor", "skip the|a doctor", "'|' outside"),
    ("phrases.tsv", "norx\ten\tskip the doctor", "norx\ten\tskip the doctor\tUS", "no arg"),
    ("phrases.tsv", "norx\ten\tskip the doctor", "norx2\ten\tskip the doctor", "'norx2'"),
    ("phrases.tsv", "skip the doctor", "ships to japan", "already"),
    ("phrases.tsv", "\tdisease\n", "\tillness\n", "arg 'illness'"),
    ("phrases.tsv", "\tJP\n", "\tJapan\n", "needs a country"),
    ("phrases.tsv", "\tgphc\n", "\tgpc\n", "seal 'gpc'"),
]


def self_test(folder, page):
    """Break the tables one way at a time; every break must be found."""
    texts = {}
    for name in TABLES:
        with open(os.path.join(folder, name), encoding="utf-8", newline="") as file:
            texts[name] = file.read()
    # The English rows are enough to break, and much quicker to check than all.
    texts["phrases.tsv"] = "".join(
        line for line in texts["phrases.tsv"].splitlines(True)
        if line.startswith(("#", "class\t")) or "\ten\t" in line)
    missed = 0
    for name, old, new, wanted in MUTATIONS:
        # A row's first column begins a line; what begins with a TAB is a last column.
        broken = texts[name].replace(old, new, 1) if name == "phrases.tsv" \
            else texts[name].replace("\n" + old, "\n" + new, 1)
        with tempfile.TemporaryDirectory() as copy:
            for table, text in texts.items():
                with open(os.path.join(copy, table), "w", encoding="utf-8", newline="") as file:
                    file.write(broken if table == name else text)
            faults = Checker(copy).run(page, name)
        if not any(wanted in fault and fault.startswith(name) for fault in faults):
            print("self-test: %s: %r for %r: wanted a fault with %r, got %s"
                  % (name, new, old, wanted, faults[:3] or "none"))
            missed += 1
    print("lexicon self-test: %d breaks, %d missed" % (len(MUTATIONS), missed))
    return missed


def main(argv):
    quiet = "--quiet" in argv
    testing = "--self-test" in argv
    rest = [arg for arg in argv if arg not in ("--quiet", "--self-test")]
    if len(rest) > 1 or any(arg.startswith("-") for arg in rest):
        print(__doc__.strip(), file=sys.stderr)
        return 2
    root = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
    folder = rest[0] if rest else os.path.join(root, "policy", "lexicon")
    page = os.path.join(root, "doc", "format", "lexicon.md")
    checker = Checker(folder)
    try:
        if testing:
            return 1 if self_test(folder, page) else 0
        faults = checker.run(page)
    except OSError as err:
        print("check-lexicon: %s: %s" % (err.filename, err.strerror), file=sys.stderr)
        return 2
    if not quiet:
        for title, counter in sorted(checker.counts.items()):
            print("%s: %d" % (title, sum(counter.values())))
            print("  " + "  ".join("%s %d" % item for item in sorted(counter.items())))
    for fault in faults:
        print(fault)
    print("lexicon: %d faults" % len(faults))
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
