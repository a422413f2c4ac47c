"""The order in which files of tests run.

`./test` hands whole files to two workers. One that takes minutes and comes last leaves the other
worker idle for as long, so the long ones come first; the others follow in the order of their names.
"""

# The files that take longest, longest first. A name that is missing here, or gone, costs time alone.
LONGEST = (
    "test_badinput", "test_packs", "test_pages", "test_accounts", "test_decide", "test_endure",
    "test_crash", "test_postgres", "test_http_limits", "test_story", "test_disclose",
    "test_world_collect", "test_collect", "test_deploy", "test_powercut", "test_retain",
    "test_review", "test_serve",
)


def pytest_collection_modifyitems(items):
    """Whole files, so that fixtures of a module are made once; each worker gives the same order."""
    place = {name: number for number, name in enumerate(LONGEST)}
    items.sort(key=lambda item: place.get(item.path.stem, len(LONGEST)))
