"""`assay help`, the manual pages and the program's own options agree.

The program is taken from the build folder named by ASSAY_BUILD (./test sets it).
"""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
ASSAY = Path(os.environ.get("ASSAY_BUILD", ROOT / "build")).resolve() / "assay"
sys.path.insert(0, str(ROOT / "tools"))
import help as generator  # noqa: E402 (tools/help.py)

COMMANDS = sorted(path.name[len("assay-"):-len(".1.scd")]
                  for path in (ROOT / "doc/man").glob("assay-*.1.scd"))


def assay(*arguments, cwd=None):
    return subprocess.run([ASSAY, *arguments], capture_output=True, text=True, cwd=cwd,
                          stdin=subprocess.DEVNULL, timeout=60)


def source(command):
    return (ROOT / "doc/man" / f"assay-{command}.1.scd").read_text(encoding="utf-8")


def documented(command):
    """The options in the OPTIONS section of a page, without their dashes."""
    section = re.search(r"^# OPTIONS$(.*?)^# ", source(command), re.M | re.S)
    return re.findall(r"^\*--([\w-]+)\*", section[1], re.M) if section else []


@pytest.mark.parametrize("command", COMMANDS)
def test_help_prints_the_manual_page_on_one_screen(command):
    shown = assay("help", command)
    assert shown.returncode == 0, shown.stderr
    assert shown.stdout.count("\n") <= 50
    assert max(map(len, shown.stdout.splitlines())) <= 80
    _, _, text = generator.page(ROOT / "doc/man" / f"assay-{command}.1.scd")
    assert text in shown.stdout


@pytest.mark.parametrize("command", COMMANDS)
def test_the_help_option_prints_the_same(command):
    assert assay(command, "--help").stdout == assay("help", command).stdout != ""


def test_help_alone_lists_every_command():
    shown = assay("help")
    assert shown.returncode == 0
    assert not [command for command in COMMANDS
                if not re.search(rf"^\s+{command}\s", shown.stdout, re.M)]


def test_help_on_an_unknown_command_is_wrong_use():
    shown = assay("help", "frobnicate")
    assert shown.returncode == 2
    assert shown.stdout == ""
    assert "frobnicate" in shown.stderr


@pytest.mark.parametrize("command", COMMANDS)
def test_an_unknown_option_is_wrong_use(command):
    shown = assay(command, "--no-such-option")
    assert shown.returncode == 2
    assert "no-such-option" in shown.stderr


@pytest.mark.parametrize("command, option", [(command, option) for command in COMMANDS
                                             for option in documented(command)])
def test_an_option_of_the_manual_is_known_to_the_program(command, option, tmp_path):
    # Given last and without a value, an option that takes one is refused for that alone.
    shown = assay(command, f"--{option}", cwd=tmp_path)
    assert "unknown option" not in shown.stderr


@pytest.mark.parametrize("command", COMMANDS)
def test_an_option_of_the_program_is_in_the_manual(command):
    code = ROOT / "src/cmd" / f"cmd_{command}.c"
    own = re.findall(r'\{\s*"([a-z][\w-]*)",\s*OPTION_', code.read_text(encoding="utf-8"))
    assert sorted(set(own) - set(documented(command))) == []


def test_an_option_that_all_commands_share_is_in_the_manual():
    shared = set()
    for code in (ROOT / "src/cmd").glob("*.c"):
        if not code.name.startswith("cmd_"):
            shared |= set(re.findall(r'\{\s*"([a-z][\w-]*)",\s*OPTION_',
                                     code.read_text(encoding="utf-8")))
    assert shared >= {"store", "config", "format", "at", "log"}
    overview = (ROOT / "doc/man/assay.1.scd").read_text(encoding="utf-8")
    assert not [option for option in shared - {"help"} if f"*--{option}*" not in overview]


@pytest.mark.parametrize("command", COMMANDS)
def test_each_option_of_the_manual_states_its_default(command):
    section = re.search(r"^# OPTIONS$(.*?)^# ", source(command), re.M | re.S)
    entries = re.findall(r"^\*--([\w-]+)\*( _\w+_| \S+)?\n((?:\t.*\n)+)", section[1], re.M) \
        if section else []
    assert len(entries) == len(documented(command))
    # one without a value is off unless given
    assert not [name for name, value, text in entries if value and "efault" not in text]


# The generator

def made(tmp_path, text, name="assay-demo.1.scd"):
    page = tmp_path / name
    page.write_text(text)
    return generator.page(page)


PAGE = """assay-demo(1)

# NAME

assay-demo - show *bold* and snake_case

# SYNOPSIS

*assay demo* [_FILE_...]++
*assay demo* *--quick*

# DESCRIPTION

First paragraph of
two lines.

Second paragraph, not shown.

# OPTIONS

*--quick*
	be quick; the file \\_x is an underscore

# SEE ALSO

*assay*(1)
"""


def test_markup_is_taken_out_and_the_second_paragraph_left_out(tmp_path):
    assert made(tmp_path, PAGE) == ("demo", "show bold and snake_case", "\n".join([
        "SYNOPSIS", "  assay demo [FILE...]", "  assay demo --quick", "",
        "DESCRIPTION", "  First paragraph of two lines.", "",
        "OPTIONS", "  --quick               be quick; the file _x is an underscore", ""]))


@pytest.mark.parametrize("text, complaint", [
    (PAGE.replace("# OPTIONS\n", "# OPTIONS\n" + "\n*--more*\n\twords\n" * 40), "lines of help"),
    (PAGE.replace("two lines", "x" * 90), "wider than 80"),
    (PAGE.replace("# NAME", "# TITLE"), "no section NAME"),
    (PAGE.replace(" - show", ": show"), "NAME is not"),
    (PAGE.replace("assay-demo(1)", "demo"), "first line"),
    (PAGE.replace("*--quick*\n\tbe", "\tbe"), "without a label"),
])
def test_a_page_that_does_not_fit_stops_the_build(tmp_path, text, complaint):
    with pytest.raises(generator.PageError, match=complaint):
        made(tmp_path, text)
    assert generator.main(["help.py", str(tmp_path / "out.c"),
                           str(tmp_path / "assay-demo.1.scd")]) == 2
    assert not (tmp_path / "out.c").exists()
