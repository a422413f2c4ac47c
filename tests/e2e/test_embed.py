"""libassay as somebody else's program sees it: installed, found by pkg-config, linked both ways.

The library is built by itself, without sanitizers, and installed under a scratch prefix; the index
is what `assay publish index` makes of the shipped examples.
"""

import base64
import ctypes
import hashlib
import os
import re
import subprocess

import assay
import pytest

HEADER = assay.ROOT / "include/assay/assay.h"
EXAMPLE = assay.EXAMPLES / "embed/lookup.c"
LISTED = "himawari-kusuribin.example"       # US, JP and GB
JAPAN_ONLY = "tsubame-kaigai-yaku.example"
INNOCENTS = assay.table(assay.EXAMPLES / "innocents.tsv")
WARNINGS = ["-Wall", "-Wextra", "-pedantic", "-Werror"]
COMPILERS = {"C": ["gcc", "-std=c99"], "C++": ["g++", "-x", "c++", "-std=c++11"]}
SYSTEM_LIBRARIES = {"libcrypto.so.3", "libpsl.so.5", "libidn2.so.0", "libunistring.so.2",
                    "libc.so.6"}


def sh(*command, **how):
    done = subprocess.run([*map(str, command)], capture_output=True, text=True, **how)
    assert done.returncode == 0, f"{command}\n{done.stdout}\n{done.stderr}"
    return done.stdout


class Installed:
    """The library under a prefix of its own."""

    def __init__(self, root):
        self.prefix = root / "prefix"
        self.lib = self.prefix / "lib"
        sh("meson", "setup", "-Dprogram=false", "-Dtests=false", "-Dwerror=true",
           "--buildtype=release", "--libdir=lib", f"--prefix={self.prefix}", root / "build",
           assay.ROOT, env={**os.environ, "CC": "gcc"})
        sh("ninja", "-C", root / "build", "-j2")
        sh("meson", "install", "-C", root / "build", "--no-rebuild")

    def pkg_config(self, *options):
        return sh("pkg-config", *options, "assay",
                  env={**os.environ, "PKG_CONFIG_PATH": str(self.lib / "pkgconfig")}).split()

    def compile(self, source, out, *options, language="C", libs=("--cflags", "--libs")):
        sh(*COMPILERS[language], *WARNINGS, source, "-o", out, "-x", "none",
           *self.pkg_config(*libs), *options)
        return out

    def run(self, program, *arguments):
        return subprocess.run([program, *map(str, arguments)], capture_output=True, text=True,
                              env={**os.environ, "LD_LIBRARY_PATH": str(self.lib)}, timeout=60)


@pytest.fixture(scope="module")
def installed(tmp_path_factory):
    return Installed(tmp_path_factory.mktemp("libassay"))


@pytest.fixture(scope="module")
def index(shipped, tmp_path_factory):
    path = tmp_path_factory.mktemp("index") / "index"
    assay.run("publish", "index", "--out", path, "--store", shipped, "--config", assay.CONFIG)
    return path


@pytest.fixture(scope="module")
def key(shipped):
    return (shipped / "ledger/key.pub").read_text()


@pytest.fixture(scope="module", params=["C", "C++", "static"])
def example(installed, tmp_path_factory, request):
    out = tmp_path_factory.mktemp("example") / "lookup"
    if request.param == "static":
        # The archive by name: -lassay would take the shared one, which lies beside it.
        libs = [w for w in installed.pkg_config("--static", "--libs") if w != "-lassay"]
        return installed.compile(EXAMPLE, out, installed.lib / "libassay.a", *libs,
                                 libs=("--cflags",))
    return installed.compile(EXAMPLE, out, language=request.param)


# ---- the header, and what is exported

def declared():
    code = re.sub(r"/\*.*?\*/", "", HEADER.read_text(), flags=re.S)
    return set(re.findall(r"\b(assay_\w+)\(", code))


def exported(installed):
    lines = sh("nm", "-D", "--defined-only", installed.lib / "libassay.so").splitlines()
    return {(kind, name.split("@")[0]) for _, kind, name in map(str.split, lines)
            if kind != "A"}  # the name of the version itself


def test_the_library_exports_what_the_header_declares_and_nothing_else(installed):
    assert len(declared()) > 30
    assert exported(installed) == {("T", name) for name in declared()}


def test_every_function_of_the_header_has_a_comment_above_its_group():
    groups = re.split(r"\n\s*\n", HEADER.read_text())
    bare = [g for g in groups if "ASSAY_API" in g and "(" in g and "#define" not in g
            and not g.startswith("/*")]
    assert not bare, "\n\n".join(bare)


def test_the_archive_has_no_other_names_either(installed):
    lines = sh("nm", "-g", "--defined-only", installed.lib / "libassay.a").splitlines()
    assert {line.split()[2] for line in lines if len(line.split()) == 3} == declared()


def test_the_library_needs_only_what_it_says(installed):
    text = sh("objdump", "-p", installed.lib / "libassay.so")
    assert set(re.findall(r"NEEDED\s+(\S+)", text)) == SYSTEM_LIBRARIES
    assert re.findall(r"SONAME\s+(\S+)", text) == ["libassay.so.0"]


@pytest.mark.parametrize("compiler", [
    ["gcc", "-std=c99"], ["gcc", "-std=c11"], ["clang", "-std=c11"],
    ["g++", "-x", "c++", "-std=c++98", "-Wno-long-long"], ["g++", "-x", "c++", "-std=c++20"]],
    ids=" ".join)
def test_the_header_compiles_alone(installed, compiler, tmp_path):
    source = tmp_path / "alone.c"
    source.write_text("#include <assay/assay.h>\n"
                      "int (*f)(const char *, const char *, struct assay_lexicon **,\n"
                      "         struct assay_error *) = assay_lexicon_open;\n")
    sh(*compiler, *WARNINGS, "-c", source, "-o", tmp_path / "alone.o",
       *installed.pkg_config("--cflags"))


def test_the_header_includes_nothing_but_the_standard():
    assert re.findall(r"^#include (.*)", HEADER.read_text(), re.M) == ["<stddef.h>", "<stdint.h>"]


@pytest.mark.parametrize("how", ["shared", "static"])
def test_names_of_an_embedder_do_not_meet_ours(installed, how, tmp_path):
    """Functions that we have too, which would be called in place of ours if they could be."""
    source = tmp_path / "mine.c"
    names = ["err_set", "screen_name", "dname_parse", "arena_alloc", "index_open", "file_read"]
    ours = sh("nm", installed.lib / "libassay.a")
    assert not [n for n in names if not re.search(rf" t {n}$", ours, re.M)]
    source.write_text(
        "#include <assay/assay.h>\n#include <stdlib.h>\n" +
        "".join(f"void {n}(void);\nvoid {n}(void) {{ abort(); }}\n" for n in names) +
        "int main(int argc, char **argv)\n{\n\tstruct assay_lexicon *l = NULL;\n"
        "\tuint32_t score = 0;\n\t(void)argc;\n"
        "\tif (assay_lexicon_open(argv[1], NULL, &l, NULL))\n\t\treturn 2;\n"
        '\tif (assay_screen_score(l, "viagra.example", 14, &score, NULL))\n\t\treturn 3;\n'
        "\tassay_lexicon_close(l);\n\treturn score == 0;\n}\n")
    out = tmp_path / "mine"
    if how == "shared":
        installed.compile(source, out, "-rdynamic")
    else:
        libs = [w for w in installed.pkg_config("--static", "--libs") if w != "-lassay"]
        installed.compile(source, out, installed.lib / "libassay.a", *libs, libs=("--cflags",))
    lexicon, = installed.pkg_config("--variable=lexicondir")
    assert installed.run(out, lexicon).returncode == 0


# ---- the example

def test_the_example_is_short():
    body = EXAMPLE.read_text().split("int main", 1)[1]
    lines = [l for l in body.splitlines()[1:] if l.strip() not in ("", "{", "}")]
    assert len(lines) <= 20, len(lines)


@pytest.mark.parametrize("arguments, code, rows", [
    ([LISTED], 0, {"GB", "JP", "US"}),
    (["www." + LISTED.upper() + "."], 0, {"GB", "JP", "US"}),
    ([f"https://{LISTED}/order?x=1", "JP"], 0, {"JP"}),
    ([LISTED, "FR"], 1, set()),
    ([JAPAN_ONLY, "JP"], 0, {"JP"}),
    ([JAPAN_ONLY, "US"], 1, set()),
    (["harborlight-pharmacy.example"], 1, set()),
    (["x" + LISTED], 1, set()),
    (["nobody-asked.example"], 1, set()),
])
def test_the_example_answers_with_its_exit_code(installed, example, index, key, arguments, code,
                                                rows):
    ran = installed.run(example, index, key, *arguments)
    assert (ran.returncode, ran.stderr) == (code, "")
    shown = [line.split() for line in ran.stdout.splitlines()]
    assert {row[1] for row in shown} == rows
    assert all(re.fullmatch(r"[0-9a-f]{64}", row[3]) for row in shown)


def failing(installed, example, *arguments):
    ran = installed.run(example, *arguments)
    assert ran.returncode == 2 and ran.stdout == "" and ran.stderr.count("\n") == 1, ran
    return ran.stderr


def verifier_key(name):
    """A well-formed key of nobody (c2sp.org/signed-note)."""
    public = b"\x01" + bytes(range(32))
    hashed = hashlib.sha256(name.encode() + b"\n" + public).hexdigest()[:8]
    return f"{name}+{hashed}+{base64.b64encode(public).decode()}"


def test_a_file_that_was_tampered_with_is_refused(installed, example, index, key, tmp_path):
    whole, bad = index.read_bytes(), tmp_path / "bad"
    at = whole.rindex(b" ") + 40  # in the base64 of the signature, the file's last word
    other = b"B" if whole[at:at + 1] == b"A" else b"A"
    for change, said in (
            (whole[:len(whole) // 2], "cut short"), (whole[:10], "no index of assay"),
            (b"", "empty"),
            (whole[:at] + other + whole[at + 1:], "signature is wrong"),
            (whole[:300] + bytes([whole[300] ^ 1]) + whole[301:], "damaged")):
        bad.write_bytes(change)
        text = failing(installed, example, bad, key, LISTED)
        assert str(bad) in text and said in text, text
    assert "no such file" in failing(installed, example, tmp_path / "none", key, LISTED)
    assert "usage: " in failing(installed, example, index)
    assert "verifier key" in failing(installed, example, index, "nonsense", LISTED)
    assert "not signed by other.example/ledger" in failing(
        installed, example, index, verifier_key("other.example/ledger"), LISTED)
    assert failing(installed, example, index, key, "not a name")


# ---- from another language, by its foreign function interface

class Index:
    """What a binding in Python would be."""

    def __init__(self, installed, path, key):
        self.c = c = ctypes.CDLL(str(installed.lib / "libassay.so.0"))
        for name in ("kind", "subject", "destination", "class", "decision"):
            f = getattr(c, f"assay_row_{name}")
            f.argtypes, f.restype = [ctypes.c_void_p, ctypes.c_size_t], ctypes.c_char_p
        for name in ("assay_answer_free", "assay_index_close", "assay_answer_rows"):
            getattr(c, name).argtypes = [ctypes.c_void_p]
        c.assay_answer_rows.restype = ctypes.c_size_t
        c.assay_index_lookup.argtypes = [ctypes.c_void_p, ctypes.c_char_p, ctypes.c_size_t,
                                         ctypes.c_char_p, ctypes.c_void_p, ctypes.c_void_p]
        self.p = ctypes.c_void_p()
        error = ctypes.create_string_buffer(256)
        rc = c.assay_index_open(str(path).encode(), key.encode(), ctypes.byref(self.p), error)
        assert rc == 0, error.raw[4:].rstrip(b"\0")

    def lookup(self, name):
        answer = ctypes.c_void_p()
        raw = name.encode()
        assert self.c.assay_index_lookup(self.p, raw, len(raw), None, ctypes.byref(answer),
                                         None) == 0
        rows = [tuple(getattr(self.c, f"assay_row_{f}")(answer, i).decode()
                      for f in ("subject", "destination", "class", "decision"))
                for i in range(self.c.assay_answer_rows(answer))]
        self.c.assay_answer_free(answer)
        return rows

    def close(self):
        self.c.assay_index_close(self.p)


@pytest.fixture(scope="module")
def library(installed, index, key):
    ix = Index(installed, index, key)
    yield ix
    ix.close()


def test_no_innocent_is_listed(library):
    hit = {row["subject"]: found for row in INNOCENTS if (found := library.lookup(row["subject"]))}
    print(f"{len(hit)} of {len(INNOCENTS)} innocents listed")
    assert len(INNOCENTS) > 20 and not hit
    assert library.lookup(LISTED), "nothing is listed at all"


def test_the_library_and_the_command_give_the_same_answers(library, index, key, tmp_path):
    (tmp_path / "key.pub").write_text(key)
    names = sorted({row["subject"] for row in assay.table(assay.EXAMPLES / "expected.tsv")})
    ran = assay.run("lookup", "--index", index, "--key", tmp_path / "key.pub", *names, code={0, 1})
    command = {name: [] for name in names}
    for answer in ran.records():
        command[answer["name"]] += [
            (answer["subject"]["key"], cell["destination"], cell["class"],
             cell["decision"]["record"]) for cell in answer["cells"]]
    assert {name: sorted(library.lookup(name)) for name in names} == {
        name: sorted(rows) for name, rows in command.items()}
    assert sum(map(bool, command.values())) > 5
