"""The public pages in a browser: search, answer, matrix, proof, language, keyboard, no script."""

import http.server
import threading
import time
import urllib.error
import urllib.request

import pytest
from assay import EXAMPLES, run_examples, table
from browser import SIZES, Browser
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.support.ui import Select, WebDriverWait
from server import Server

LISTED = "tanpopo-import.example"
FOREIGN = "maplecrane-rx.example"
PENDING = "peptide-bench.example"
CORRECTED = "lotuskind-pharmacy.example"
ACCUSING = ("do not buy", "rogue", "licensed abroad, not approved", "not approved there")


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    store = tmp_path_factory.mktemp("pages") / "var"
    run_examples(store)
    with Server(store) as running:
        yield running


@pytest.fixture(scope="module")
def chromium():
    with Browser() as b:
        yield b


@pytest.fixture(params=list(SIZES))
def browser(request, chromium):
    chromium.size(request.param)
    chromium.name_of_size = request.param
    return chromium


@pytest.fixture(scope="module")
def plain():
    with Browser(script=False) as b:
        yield b


def at(server, path):
    return f"http://127.0.0.1:{server.port}{path}"


def until(browser, condition, seconds=20):
    return WebDriverWait(browser, seconds).until(condition)


def css(browser, selector):
    return browser.find_element("css selector", selector)


def headline(browser):
    return browser.text("h1").lower()


# ---- search ----

@pytest.mark.parametrize("typed", [
    LISTED, f"https://www.{LISTED}/path?x=1", f"orders@{LISTED}",
    "hxxps://Tanpopo-Import[.]example/x"])
def test_what_is_pasted_leads_to_its_page(server, browser, typed):
    browser.get(at(server, "/"))
    css(browser, "input[name=q]").send_keys(typed, Keys.ENTER)
    until(browser, lambda b: "/d/" in b.current_url)
    assert LISTED in browser.text("main")
    until(browser, lambda b: b.find_elements("css selector", "h1[data-class]"))


def test_the_box_says_what_it_will_look_up(server, browser):
    browser.get(at(server, "/"))
    css(browser, "input[name=q]").send_keys("https://shop.example/a")
    until(browser, lambda b: "shop.example" in b.text("form.search .hint"))


def test_nonsense_is_told_so_on_the_page(server, browser):
    browser.get(at(server, "/search?q=%E8%96%AC%20%E5%B1%80"))
    assert browser.find_elements("css selector", "input[name=q]")
    assert not [w for w in ACCUSING if w in headline(browser)]


# ---- the answer ----

@pytest.mark.parametrize("name, country, wanted", [
    (LISTED, "JP", "rogue"), (LISTED, "US", "out_of_scope"), (LISTED, "GB", "out_of_scope"),
    (LISTED, "FR", "out_of_scope"), (LISTED, "IT", "unverified"),
    (FOREIGN, "US", "unverified"), (FOREIGN, "JP", "out_of_scope"),
    (PENDING, "GB", "unverified"), (CORRECTED, "GB", "unverified")])
def test_the_answer_is_for_the_chosen_country(server, browser, name, country, wanted):
    browser.get(at(server, f"/d/{name}"))
    choice = Select(css(browser, "#choose select[name=for]"))
    choice.select_by_value(country)
    until(browser, lambda b: f"for={country}" in b.current_url)
    until(browser, lambda b: css(b, "h1").get_attribute("data-class") == wanted)
    if wanted != "rogue":
        assert not [w for w in ACCUSING if w in headline(browser)]
    top = css(browser, "h1").rect
    assert top["y"] + top["height"] < SIZES[browser.name_of_size][1], "the answer is in sight"
    row = css(browser, "#matrix tbody tr:first-child")
    assert row.get_attribute("data-destination") == country


def test_a_listing_tells_all_that_it_rests_on(server, browser):
    browser.get(at(server, f"/d/{LISTED}?for=JP&lang=en"))
    section = css(browser, "#for-JP")
    for word in ("The law", "Art. 49(1)", "In the words of the site", "処方箋不要", "benedikt",
                 "akari", "23 October 2026"):
        assert word in section.text, word
    for part, word in (("#appeal", "something here is not right"), ("#bought", "If you"),
                       ("#safer", "register"), ("#proof", "ledger")):
        assert word in browser.text(part), part
    link = section.find_element("css selector", "a[href^='/v1/evidence/']").get_attribute("href")
    with urllib.request.urlopen(link) as answer:
        assert answer.status == 200 and "処方箋不要" in answer.read().decode()


@pytest.mark.parametrize("lang, means", [("en", "It says that no prescription is needed."),
                                         ("ja", "\u51e6\u65b9\u7b8b\u306f\u4e0d\u8981\u3060\u3068\u8ff0\u3079\u3066\u3044\u307e\u3059\u3002")])
def test_a_quotation_says_which_of_its_words_count_and_what_such_words_mean(server, browser, lang,
                                                                            means):
    browser.get(at(server, f"/d/{LISTED}?for=JP&lang={lang}"))
    marked = [e.text for e in browser.find_elements("css selector", "blockquote mark")]
    assert "\u51e6\u65b9\u7b8b\u4e0d\u8981" in marked
    said = [e.text for e in browser.find_elements("css selector", "ul.matched li")]
    assert any("\u51e6\u65b9\u7b8b\u4e0d\u8981" in line and means in line for line in said), said
    assert any("finasteride" in line for line in said), said


def test_innocents_are_accused_by_no_page(server, chromium):
    chromium.size("desktop")
    hit, seen = [], 0
    for row in table(EXAMPLES / "innocents.tsv"):
        for country in ("US", "JP"):
            chromium.get(at(server, f"/d/{row['subject'].replace('/', '%2F')}?for={country}"))
            seen += 1
            if css(chromium, "h1").get_attribute("data-class") in ("rogue", "unapproved"):
                hit.append((row["subject"], country, chromium.text("h1")))
    print(f"{seen} pages of innocents, {len(hit)} accuse")
    assert hit == [] and seen >= 60


# ---- the proof ----

def check_proof(browser):
    button = until(browser, lambda b: css(b, "#proof .proof button.check"))
    browser.execute_script("arguments[0].scrollIntoView({block: 'center', behavior: 'instant'})", button)
    button.click()
    until(browser, lambda b: css(b, "#proof .proof .result").get_attribute("data-result")
          not in ("idle", "checking"))
    return css(browser, "#proof .proof .result").get_attribute("data-result")


class Forger(http.server.BaseHTTPRequestHandler):
    """Hands on what the server says, and changes the answers below one path."""

    port, path, change = 0, "", staticmethod(lambda body: body)

    def do_GET(self):
        asked = urllib.request.Request(f"http://127.0.0.1:{self.port}{self.path}", headers={
            "Accept": self.headers.get("Accept", "*/*")})
        try:
            answer = urllib.request.urlopen(asked)
        except urllib.error.HTTPError as e:
            answer = e
        body = answer.read()
        if self.path.startswith(type(self).below):
            body = type(self).change(body)
        self.send_response(answer.status)
        for name in ("Content-Type", "Content-Security-Policy"):
            if answer.headers.get(name):
                self.send_header(name, answer.headers[name])
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


def flip(body, word):
    """Another digit or letter at the end of the line behind the one that begins with word."""
    lines = body.split(b"\n")
    i = next(i for i, line in enumerate(lines) if line.startswith(word)) + 1
    lines[i] = lines[i][:4] + (b"A" if lines[i][4:5] != b"A" else b"B") + lines[i][5:]
    return b"\n".join(lines)


def test_the_reader_can_check_the_proof(server, browser):
    browser.get(at(server, f"/d/{LISTED}?for=JP"))
    assert check_proof(browser) == "good"
    states = {s.get_attribute("data-result")
              for s in browser.find_elements("css selector", "#proof .proof .steps li")}
    assert states == {"good"}


@pytest.mark.parametrize("below, change", [
    ("/v1/ledger/proof/", lambda b: flip(b, b"index ")),
    ("/v1/ledger/proof/", lambda b: flip(b, b"assay/")),
    ("/v1/ledger/key", lambda b: b[:-8] + (b"AAAA" if b[-8:-4] != b"AAAA" else b"BBBB") + b[-4:]),
], ids=["a hash of the path", "the size of the tree", "another key"])
def test_an_altered_proof_is_called_bad(server, browser, below, change):
    handler = type("Altering", (Forger,), {"port": server.port, "below": below,
                                           "change": staticmethod(change)})
    proxy = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
    thread = threading.Thread(target=proxy.serve_forever)
    thread.start()
    try:
        browser.get(f"http://127.0.0.1:{proxy.server_address[1]}/d/{LISTED}?for=JP")
        assert check_proof(browser) != "good"
        assert browser.text("#proof .proof .result")
    finally:
        proxy.shutdown()
        thread.join()
        proxy.server_close()


# ---- language ----

def test_the_language_changes_and_name_and_country_stay(server, browser):
    browser.get(at(server, f"/d/{LISTED}?for=JP&lang=en"))
    english = browser.text("h1")
    css(browser, "a[hreflang=ja]").click()
    until(browser, lambda b: css(b, "html").get_attribute("lang") == "ja")
    assert "for=JP" in browser.current_url and LISTED in browser.current_url
    assert browser.text("h1") != english and not browser.text("h1").isascii()
    for label in browser.find_elements("css selector", "h2, h3, .label, button, label, th"):
        if label.text.strip():
            assert not label.text.isascii() or label.text.strip().isdigit(), label.text
    css(browser, "a[hreflang=en]").click()
    until(browser, lambda b: b.text("h1") == english)


# ---- everybody ----

PAGES = {"home": "/", "failed": "/search?q=%20x%20y", "listed": f"/d/{LISTED}?for=JP",
         "listed-elsewhere": f"/d/{LISTED}?for=US", "foreign": f"/d/{FOREIGN}?for=US",
         "pending": f"/d/{PENDING}?for=GB", "corrected": f"/d/{CORRECTED}?for=GB",
         "unknown": "/d/never-seen.example?for=JP", "nowhere": "/nowhere"}


@pytest.mark.parametrize("lang", ["en", "ja"])
@pytest.mark.parametrize("page", list(PAGES))
def test_axe_finds_nothing_and_nothing_sticks_out(server, browser, page, lang):
    path = PAGES[page]
    browser.get(at(server, f"{path}{'&' if '?' in path else '?'}lang={lang}"))
    browser.picture(f"{page}-{lang}-{browser.name_of_size}")
    assert browser.violations() == []
    wide = browser.execute_script(
        "return [document.documentElement.scrollWidth, document.documentElement.clientWidth]")
    assert wide[0] <= wide[1], "the page scrolls sideways"


def test_the_keyboard_alone_reaches_everything(server, browser):
    browser.get(at(server, f"/d/{LISTED}?for=JP&lang=en"))
    reached, hidden = set(), []
    for _ in range(120):
        browser.switch_to.active_element.send_keys(Keys.TAB)
        seen = browser.execute_script("""
            const e = document.activeElement, s = getComputedStyle(e);
            return [e.tagName, e.name || e.className || e.getAttribute("hreflang") || "",
                s.outlineStyle !== "none" && parseFloat(s.outlineWidth) > 0 ||
                s.boxShadow !== "none"];""")
        if seen[0] == "BODY":
            break
        reached.add((seen[0].lower(), seen[1]))
        if not seen[2]:
            hidden.append(seen)
    assert hidden == [], "focus is not to be seen on these"
    for wanted in (("select", "for"), ("a", "ja"), ("summary", ""), ("button", "check"),
                   ("button", "country"), ("a", "skip")):
        assert wanted in reached, (wanted, reached)
    button = css(browser, "#proof .proof button.check")
    browser.execute_script("arguments[0].focus()", button)
    browser.switch_to.active_element.send_keys(Keys.SPACE)
    until(browser, lambda b: css(b, "#proof .proof .result").get_attribute("data-result")
          == "good")
    summary = css(browser, "#for-JP summary")
    before = css(browser, "#for-JP details").get_attribute("open")
    summary.send_keys(Keys.ENTER)
    assert css(browser, "#for-JP details").get_attribute("open") != before


def test_it_works_without_script(server, plain):
    for size in SIZES:
        plain.size(size)
        plain.get(at(server, "/"))
        css(plain, "input[name=q]").send_keys(f"https://{LISTED}/x", Keys.ENTER)
        until(plain, lambda b: "/d/" in b.current_url and LISTED in b.current_url)
        Select(css(plain, "#choose select[name=for]")).select_by_value("JP")
        css(plain, "#choose button").click()
        until(plain, lambda b: css(b, "h1").get_attribute("data-class") == "rogue")
        assert not plain.find_elements("css selector", "button.check")
        assert plain.find_elements("css selector", "#proof a[href^='/v1/ledger/proof/']")


def test_no_other_host_is_asked_and_nothing_complains(server, browser):
    browser.hosts(), browser.complaints()
    for path in PAGES.values():
        browser.get(at(server, path))
        time.sleep(0.2)
    browser.get(at(server, f"/d/{LISTED}?for=JP"))
    check_proof(browser)
    assert browser.hosts() == {f"127.0.0.1:{server.port}"}
    assert browser.complaints() == []
