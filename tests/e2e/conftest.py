import shutil
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))
sys.path.insert(0, str(Path(__file__).parents[1] / "world"))

import assay  # noqa: E402


@pytest.fixture(scope="session")
def shipped(tmp_path_factory):
    """The store that a run over examples/ makes. To be looked at only."""
    store = tmp_path_factory.mktemp("shipped") / "store"
    assay.run_examples(store)
    return store


@pytest.fixture
def store(shipped, tmp_path):
    """A copy of that store, to be written to or damaged."""
    return Path(shutil.copytree(shipped, tmp_path / "store", symlinks=True))


@pytest.fixture(scope="module")
def world():
    """A miniature Internet (tests/world/README.md), one for the tests of a file."""
    from world import World
    with World() as w:
        yield w
