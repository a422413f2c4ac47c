"""tools/layers.sh: each row is one include in a small tree, and what is said about it."""

import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]

# file, include line, what layers.sh calls it (None: allowed)
ROWS = [
    ("src/publish/rpz.c", '"sys/file.h"', "publish -> sys"),
    ("src/publish/rpz.c", '"store/blob.h"', "publish -> store"),
    ("src/publish/rpz.c", '"act/notice.h"', "publish -> act"),
    ("src/publish/rpz.c", '"cmd/help.h"', "publish -> cmd"),
    ("src/publish/rpz.c", '"model/domain.h"', None),
    ("src/publish/rpz.c", '"publish/hosts.h"', None),
    ("src/publish/rpz.c", '"rpz.h"', "publish -> ?"),
    ("src/publish/rpz.c", '"../sys/file.h"', "publish -> ?"),
    ("src/publish/rpz.c", '"assay/lookup.h"', "publish -> include"),
    ("src/publish/rpz.c", "<assay/lookup.h>", "publish -> include"),
    ("src/publish/rpz.c", "<sys/socket.h>", "publish -> kernel"),
    ("src/publish/rpz.c", "<fcntl.h>", "publish -> kernel"),
    ("src/publish/rpz.c", "<string.h>", None),
    ("src/base/buf.c", '"wire/dname.h"', "base -> wire"),
    ("src/base/buf.c", '"base/err.h"', None),
    ("src/wire/dname.c", '"model/domain.h"', "wire -> model"),
    ("src/wire/dname.c", '"base/slice.h"', None),
    ("src/model/domain.c", '"assess/rule.h"', "model -> assess"),
    ("src/model/domain.h", '"wire/dname.h"', None),
    ("src/sys/file.c", '"store/blob.h"', "sys -> store"),
    ("src/sys/file.c", "<sys/stat.h>", None),
    ("src/store/blob.c", '"sys/file.h"', None),
    ("src/store/blob.c", '"assess/verdict.h"', "store -> assess"),
    ("src/cmd/run.c", '"assess/verdict.h"', None),
    ("src/cmd/run.c", '"assay/lookup.h"', None),
    ("src/cmd/run.c", '"config.h"', None),
    ("src/assay.c", '"screen/score.h"', None),
    ("src/lib/index.c", '"assay/assay.h"', None),
    ("src/lib/index.c", '"publish/index.h"', None),
    ("src/lib/index.c", '"store/index.h"', None),
    ("src/lib/index.c", '"assess/verdict.h"', "lib -> assess"),
    ("src/lib/index.c", '"cmd/view.h"', "lib -> cmd"),
    ("src/publish/index.c", '"lib/error.h"', "publish -> lib"),
    ("include/assay/lookup.h", '"base/slice.h"', "include -> base"),
    ("include/assay/lookup.h", '"assay/screen.h"', None),
    ("src/utils/misc.c", '"base/buf.h"', "utils -> base"),
]


def layers(root):
    return subprocess.run([ROOT / "tools/layers.sh", root], capture_output=True, text=True)


@pytest.mark.parametrize("path, include, expected", ROWS,
                         ids=[f"{path} includes {include}" for path, include, _ in ROWS])
@pytest.mark.parametrize("directive", ["#include", "#  include", "\t# include"],
                         ids=["plain", "spaced", "indented"])
def test_include(tmp_path, path, include, expected, directive):
    file = tmp_path / path
    file.parent.mkdir(parents=True)
    (tmp_path / "src").mkdir(exist_ok=True)
    file.write_text(f"/* one line before */\n{directive} {include} // why\n")
    result = layers(tmp_path)
    shown = "./" + path[4:] if path.startswith("src/") else "../" + path
    assert result.stderr == ""
    assert result.stdout == (f"{expected}  {shown}:2\n" if expected else "")
    assert result.returncode == (1 if expected else 0)


def test_every_bad_include_is_printed_in_order_of_files(tmp_path):
    for path, line in (("src/screen/a.c", '"link/b.h"'), ("src/base/z.h", '"sys/file.h"')):
        file = tmp_path / path
        file.parent.mkdir(parents=True)
        file.write_text(f"#include {line}\n")
    assert layers(tmp_path).stdout == ("base -> sys  ./base/z.h:1\n"
                                       "screen -> link  ./screen/a.c:1\n")


def test_a_tree_without_sources_is_an_error(tmp_path):
    assert layers(tmp_path / "nowhere").returncode not in (0, 1)


def test_the_house_itself():
    result = layers(ROOT)
    assert result.stdout == ""
    assert result.returncode == 0
