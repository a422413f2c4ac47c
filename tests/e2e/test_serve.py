"""assay serve: what it tells, what it keeps to itself, and that it is what its description says."""

import hashlib
import json
import random
import re
import signal
import string

import jsonschema
import pytest
from assay import EXAMPLES, ROOT, lookup, run, run_examples, table
from server import Server

ACCUSING = ("rogue", "unapproved")


@pytest.fixture(scope="module")
def store(tmp_path_factory):
    path = tmp_path_factory.mktemp("serve") / "var"
    run_examples(path)
    return path


@pytest.fixture(scope="module")
def server(store, tmp_path_factory):
    with Server(store, log=tmp_path_factory.mktemp("log") / "serve.log") as running:
        yield running


@pytest.fixture(scope="module")
def description(server):
    return server.get("/v1/openapi.json").json()


def cell(answer, destination):
    """The cell that holds, as doc/format/answer.md says."""
    found = None
    for subject in answer["subjects"]:
        for one in subject["cells"]:
            if one["destination"] == destination and one.get("current", True):
                if one["state"] == "listed":
                    return one
                found = found or one
    return found


# ---- what is told ----

@pytest.mark.parametrize("row", table(EXAMPLES / "expected.tsv"),
                         ids=lambda r: f"{r['subject']}-{r['destination']}")
def test_a_name_is_told_as_it_was_decided(server, row):
    answer = server.lookup(row["subject"], row["destination"]).json()
    told = cell(answer, row["destination"])
    if row["state"] == "ended":  # history: beside what holds now
        told = next(c for s in answer["subjects"] for c in s["cells"]
                    if c["destination"] == row["destination"] and c["state"] == "ended")
    public = row["class"]
    if row["state"] == "pending":
        public = "unverified"
    assert (told["class"], told["state"]) == (public, row["state"])
    assert answer["listed"] == (row["state"] == "listed")
    assert bool(told.get("findings")) == (row["state"] == "listed")


def test_innocents_are_hit_by_no_answer(server):
    hit = []
    for row in table(EXAMPLES / "innocents.tsv"):
        answer = server.lookup(row["subject"]).json()
        text = server.get(f"/d/{row['subject'].replace('/', '%2F')}").text()
        # What a former owner did is shown as history (DESIGN, rule 13), and is not this one's.
        accused = [c["class"] for s in answer["subjects"] for c in s["cells"]
                   if c["class"] in ACCUSING and c["state"] != "ended"]
        if answer["listed"] or accused or "do not buy" in text.lower():
            hit.append((row["subject"], row["why"], accused))
    assert hit == []


def test_one_country_condemns_and_another_does_not(server, store):
    """In the API, on the page, at the command line: for each choice of destination."""
    name, wanted = "tanpopo-import.example", {"JP": "rogue", "US": "out_of_scope",
                                              "GB": "out_of_scope"}
    for destination, verdict in wanted.items():
        answer = server.lookup(f"www.{name}", destination).json()
        assert cell(answer, destination)["class"] == verdict
        assert answer["listed"] == (verdict == "rogue")
        [line] = lookup(store, "--destination", destination, name)
        assert [c["class"] for c in line["cells"]] == [verdict]
        assert run("lookup", "--store", store, "--destination", destination, name,
                   code=None).code == (0 if verdict == "rogue" else 1)


def test_pending_words_stay_inside(server, store):
    """Nothing of a verdict that waits is told anywhere, though the operator is told all of it."""
    pending = [r for r in table(EXAMPLES / "expected.tsv") if r["state"] == "pending"]
    assert len(pending) > 20
    for row in pending:
        [inside] = [a for a in lookup(store, row["subject"])
                    if a["subject"]["key"] == row["subject"]][:1]
        [own] = [c for c in inside["cells"] if c["destination"] == row["destination"]
                 and c["state"] == "pending"][:1]
        assert own["class"] == row["class"] and own["findings"]
        whole = server.lookup(row["subject"]).json()
        told = cell(whole, row["destination"])
        assert set(told) <= {"destination", "class", "state", "current", "assessed", "captures",
                             "period"}
        listed_elsewhere = {f["rule"] for s in whole["subjects"] for c in s["cells"]
                            for f in c.get("findings", [])}
        for finding in own["findings"]:
            if finding["rule"] not in listed_elsewhere:
                assert finding["rule"] not in json.dumps(whole)


def test_an_unknown_name_is_not_known(server):
    answer = server.lookup("never-seen.example", "JP").json()
    assert answer == {"name": "never-seen.example", "destination": "JP", "known": False,
                      "listed": False, "subjects": []}


def test_many_names_are_answered_in_order(server):
    names = [r["subject"] for r in table(EXAMPLES / "expected.tsv")][::3] + ["a b", "x..example"]
    sent = {"names": names, "destination": "JP"}
    as_json = server.ask("POST", "/v1/lookup", json.dumps(sent),
                         {"Content-Type": "application/json"})
    as_text = server.ask("POST", "/v1/lookup?destination=JP", "\n".join(names),
                         {"Content-Type": "text/plain; charset=utf-8"})
    assert as_json.status == as_text.status == 200
    assert as_json.body == as_text.body
    for name, line in zip(names, as_json.lines(), strict=True):
        if "error" in line:
            assert name in ("a b", "x..example") and line["name"] == name
            continue
        whole = server.lookup(name, "JP").json()
        assert line["listed"] == whole["listed"]
        assert [(c["destination"], c["class"], c["state"]) for s in line["subjects"]
                for c in s["cells"]] == [(c["destination"], c["class"], c["state"])
                                         for s in whole["subjects"] for c in s["cells"]]
        assert line == server.lookup(name, "JP", detail="brief").json()


def test_a_decision_shows_at_once(tmp_path):
    run_examples(tmp_path / "var")
    who = ["--store", tmp_path / "var", "--config", EXAMPLES / "assay.yaml", "--at",
           "2026-11-23T09:00:00Z", "--destination", "GB", "--class", "unapproved"]
    with Server(tmp_path / "var") as s:
        assert s.lookup("quickform-meds.example", "GB").json()["listed"] is False
        run("review", "decide", "quickform-meds.example", *who, "--reviewer", "akari", "--reason",
            "The prescription is made out from a form.")
        assert s.lookup("quickform-meds.example", "GB").json()["listed"] is True
        run("review", "decide", "quickform-meds.example", *who[:6], "--destination", "GB",
            "--class", "unverified", "--reviewer", "akari", "--reason", "It was another site.")
        answer = s.lookup("quickform-meds.example", "GB").json()
        assert answer["listed"] is False
        assert cell(answer, "GB")["state"] == "corrected"
        assert cell(answer, "GB")["correction"]["reason"] == "It was another site."


def test_only_who_bought_from_a_rogue_is_told_to_leave_the_medicine(server, tmp_path):
    """Who got it from a pharmacy that is unapproved there may need it, and must not just stop."""
    words = "Do not take the medicine, and do not give it to anybody else."
    run_examples(tmp_path / "var")
    run("review", "decide", "maplecrane-rx.example", "--store", tmp_path / "var", "--config",
        EXAMPLES / "assay.yaml", "--at", "2026-11-23T09:00:00Z", "--destination", "US", "--class",
        "unapproved", "--reviewer", "akari", "--reason", "It sends medicine there from abroad.")
    with Server(tmp_path / "var") as s:
        assert s.lookup("maplecrane-rx.example", "US").json()["listed"] is True
        page = " ".join(s.get("/d/maplecrane-rx.example?for=US").text().split())
    rogue = " ".join(server.get("/d/tanpopo-import.example?for=JP").text().split())
    assert words not in page and words in rogue


# ---- the ledger ----

def test_the_ledger_is_handed_out_as_it_lies(server, store):
    assert server.get("/v1/ledger/checkpoint").body == (store / "ledger/checkpoint").read_bytes()
    assert server.get("/v1/ledger/key").text() == (store / "ledger/key.pub").read_text()
    tiles = [p for p in (store / "ledger/tile").rglob("*") if p.is_file()]
    assert tiles
    for tile in tiles:
        path = f"/v1/ledger/{tile.relative_to(store / 'ledger')}"
        assert server.get(path).body == tile.read_bytes()
    for path in ("tile/0/999", "tile/0/00", "key.pub", "../assay.db", "tile/../key", "tile/0/-1",
                 "%2e%2e/assay.db"):
        assert server.get(f"/v1/ledger/{path}").status == 404
    assert b"PRIVATE" not in server.get("/v1/ledger/key").body


def test_a_proof_is_checked_with_the_key_alone(server, tmp_path):
    record = cell(server.lookup("tanpopo-import.example").json(), "JP")["decision"]["record"]
    proof = server.get(f"/v1/ledger/proof/{record}")
    assert proof.status == 200
    (tmp_path / "proof").write_bytes(proof.body)
    (tmp_path / "key").write_bytes(server.get("/v1/ledger/key").body)
    run("ledger", "verify", tmp_path / "proof", "--key", tmp_path / "key", cwd=tmp_path)
    (tmp_path / "proof").write_bytes(proof.body.replace(b"index ", b"index 1"))
    run("ledger", "verify", tmp_path / "proof", "--key", tmp_path / "key", cwd=tmp_path, code=1)


def test_a_proposal_is_proved_to_nobody(server, store):
    """One reviewer's word that waits for a second is in the tree, and its record stays inside."""
    ids = {"in_force": [], "proposed": []}
    for index in range(1000):
        ran = run("ledger", "prove", index, "--store", store, "--format", "json", code=None)
        if ran.code:
            break
        extra = re.search(r"extra (\S+)", ran.records()[0]["proof"])[1]
        import base64
        carried = json.loads(base64.b64decode(extra))
        if carried["record"]["type"] == "decision":
            ids[carried["record"]["state"]].append(carried["entry"]["record"])
    assert len(ids["proposed"]) > 5 and len(ids["in_force"]) > 5
    hexes = {state: [i.removeprefix("sha256:") for i in list_] for state, list_ in ids.items()}
    assert {server.get(f"/v1/ledger/proof/{i}").status for i in hexes["proposed"]} == {404}
    assert {server.get(f"/v1/ledger/proof/{i}").status for i in hexes["in_force"]} == {200}
    assert server.get("/v1/ledger/proof/" + "0" * 64).body == \
        server.get(f"/v1/ledger/proof/{hexes['proposed'][0]}").body


# ---- pages ----

def test_curl_reads_plain_text_and_a_browser_html(server):
    page = server.get("/d/tanpopo-import.example?for=JP", Accept="*/*")
    assert page.headers["content-type"] == "text/plain; charset=utf-8"
    assert max(map(len, page.text().splitlines())) <= 110
    html = server.get("/d/tanpopo-import.example?for=JP", Accept="text/html,*/*;q=0.8")
    assert html.headers["content-type"] == "text/html; charset=utf-8"
    assert "<html" in html.text()
    for answer in (page, html):
        assert answer.headers["cache-control"] == "no-store"
        assert "Accept-Language" in answer.headers["vary"]


def test_the_language_is_the_one_asked_for(server):
    path = "/d/tanpopo-import.example?for=JP"
    assert server.get(path).headers["content-language"] == "en"
    assert server.get(path, Accept_Language="ja,en;q=0.5").headers["content-language"] == "ja"
    assert server.get(path + "&lang=en", Accept_Language="ja").headers["content-language"] == "en"


def test_search_goes_to_the_page_of_what_was_pasted(server):
    rows = [("tanpopo-import.example", "/d/tanpopo-import.example?lang=en"),
            ("hxxps://Tanpopo-Import[.]example/", "/d/tanpopo-import.example?lang=en"),
            ("orders@tanpopo-import.example", "/d/tanpopo-import.example?lang=en"),
            ("https://riverbend-literacy.example/shop/?q=1",
             "/d/https%3A%2F%2Friverbend-literacy.example%2Fshop%2F%3Fq%3D1?lang=en")]
    for typed, wanted in rows:
        from urllib.parse import quote
        answer = server.get(f"/search?q={quote(typed, safe='')}")
        assert (answer.status, answer.headers.get("location")) == (303, wanted)
        assert server.get(wanted).status == 200
    answer = server.get("/search?q=%E8%96%AC&for=JP", Accept="text/html")
    assert answer.status == 400 and "<input" in answer.text()


def test_every_answer_carries_the_policy(server):
    for path in ("/", "/d/x.example", "/v1/lookup?name=x.example", "/nowhere", "/healthz",
                 "/assets/assay.css"):
        headers = server.get(path).headers
        assert "default-src 'none'" in headers["content-security-policy"], path
        assert "unsafe" not in headers["content-security-policy"]
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["referrer-policy"] == "no-referrer"


def test_assets_are_kept_and_asked_for_again(server):
    first = server.get("/assets/assay.css")
    assert first.status == 200 and first.headers["content-type"].startswith("text/css")
    again = server.get("/assets/assay.css", If_None_Match=first.headers["etag"])
    assert again.status == 304 and again.body == b""


# ---- bad input ----

@pytest.mark.parametrize("method, path, status", [
    ("GET", "/v1/lookup", 400),
    ("GET", "/v1/lookup?name=", 400),
    ("GET", "/v1/lookup?name=a%20b", 400),
    ("GET", "/v1/lookup?name=x.example&name=y.example", 400),
    ("GET", "/v1/lookup?name=x.example&destination=Japan", 400),
    ("GET", "/v1/lookup?name=x.example&detail=all", 400),
    ("GET", "/v1/lookup?name=%FF%FE", 400),
    ("GET", "/v1/lookup?name=x%2", 400),
    ("GET", "/v1/lookup?name=" + "a" * 300, 400),
    ("GET", "/d/a%20b", 400),
    ("GET", "/d/%zz", 400),
    ("GET", "/v1/evidence/xyz", 400),
    ("GET", "/v1/evidence/" + "0" * 64, 404),
    ("GET", "/v1/ledger/proof/xyz", 400),
    ("GET", "/v1/nowhere", 404),
    ("DELETE", "/v1/lookup?name=x.example", 405),
    ("PUT", "/", 405),
    ("POST", "/v1/lookup", 415),
])
def test_bad_requests_are_told_what_is_wrong(server, method, path, status):
    answer = server.ask(method, path)
    assert answer.status == status
    assert answer.headers["content-type"] == "application/problem+json"
    problem = answer.json()
    assert problem["status"] == status and problem["title"] and problem["detail"]
    if status == 405:
        assert "GET" in answer.headers["allow"]


@pytest.mark.parametrize("body, wanted", [
    ("{", "the body"), ("[]", "the body"), ("{}", "names"), ('{"names":[1]}', "names[0]"),
    ('{"names":["x.example"],"destination":"Japan"}', "destination"),
])
def test_a_bad_list_of_names_is_refused_whole(server, body, wanted):
    answer = server.ask("POST", "/v1/lookup", body, {"Content-Type": "application/json"})
    assert answer.status == 400 and wanted in answer.json()["detail"]


def test_it_says_what_is_missing_before_it_listens(tmp_path, store):
    for arguments, words in [
            (["--store", tmp_path / "none"], "there is none"),
            (["--store", store, "--listen", "8080"], "--listen takes"),
            (["--store", store, "--listen", "::1:80"], "--listen takes"),
            (["--store", store, "--listen", "nowhere:80"], "nowhere"),
            (["--store", store, "name.example"], "takes no names")]:
        assert words in run("serve", *arguments, code=2).err


def test_a_port_in_use_is_said(store, server):
    ran = run("serve", "--store", store, "--listen", f"127.0.0.1:{server.port}", code=2)
    assert str(server.port) in ran.err


# ---- who asked for what ----

def test_nothing_of_who_asked_for_what_is_kept(store, tmp_path):
    """A thousand lookups by every route; then every log line and metric is looked through."""
    seed = random.randrange(1 << 30)
    print("seed", seed)
    rng = random.Random(seed)
    names = ["".join(rng.choices(string.ascii_lowercase, k=12)) + ".example" for _ in range(250)]
    before = {p: hashlib.sha256(p.read_bytes()).hexdigest() for p in store.rglob("*")
              if p.is_file() and p.name not in ("assay.db-shm", "assay.db-wal")}
    headers = {"Referer": "https://referrer-marker.example/", "X-Forwarded-For": "203.0.113.77",
               "User-Agent": "agent-marker", "Cookie": "cookie-marker=1"}
    with Server(store, log=tmp_path / "serve.log") as s:
        for name in names:
            s.ask("GET", f"/v1/lookup?name={name}&destination=JP", headers=headers)
            s.ask("GET", f"/d/{name}?for=JP", headers={**headers, "Accept": "text/html"})
            s.ask("GET", f"/search?q={name}", headers=headers)
            s.ask("POST", "/v1/lookup", name, {**headers, "Content-Type": "text/plain"})
        s.ask("GET", "/d/tanpopo-import.example", headers=headers)
        s.ask("GET", "/v1/lookup?name=bad-name-marker%20x", headers=headers)
        s.ask("GET", "/nowhere-marker", headers=headers)
        metrics = s.get("/metrics").text()
    kept = metrics + (tmp_path / "serve.log").read_text()
    told = [w for w in [*names, "marker", "203.0.113.77", "127.0.0.1", "tanpopo", "Mozilla",
                        "agent", "cookie"] if w in kept]
    assert told == []
    total = sum(int(line.rsplit(" ", 1)[1]) for line in metrics.splitlines()
                if line.startswith("assay_http_responses_total"))
    assert total == 4 * 250 + 3
    after = {p: hashlib.sha256(p.read_bytes()).hexdigest() for p in store.rglob("*")
             if p.is_file() and p.name not in ("assay.db-shm", "assay.db-wal")}
    assert after == before


# ---- the description ----

def schema_of(description, schema):
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **schema,
            "components": description["components"]}


def documented_routes(description):
    """METHOD and a pattern of the path, for each operation."""
    for path, item in description["paths"].items():
        for method in item:
            yield method.upper(), re.compile(re.sub(r"\\{[^}]*\\}", ".+", re.escape(path)) + r"$")


def test_the_description_is_openapi_and_its_schemas_are_schemas(description):
    assert description["openapi"].startswith("3.1")
    for name, schema in description["components"]["schemas"].items():
        jsonschema.Draft202012Validator.check_schema(schema)
    used = set(re.findall(r"#/components/schemas/(\w+)", json.dumps(description)))
    assert used == set(description["components"]["schemas"])
    ids = [op["operationId"] for item in description["paths"].values() for op in item.values()]
    assert len(ids) == len(set(ids))


def test_every_route_is_described_and_every_description_routed(server, description):
    metrics = server.get("/metrics").text()
    source = (ROOT / "src/cmd/serve_route.c").read_text()
    routes = re.findall(r'\{ "(GET|POST|DELETE)", "([^"]+)"', source)
    assert len(routes) > 10 and metrics
    patterns = list(documented_routes(description))
    for method, path in routes:
        example = path + ("tile/0/000" if path == "/v1/ledger/" else "x" if path.endswith("/")
                          and path != "/" else "")
        assert any(m == method and p.match(example) for m, p in patterns), (method, path)
    for method, pattern in patterns:
        assert any(m == method and (path == "/v1/ledger/" or pattern.match(
            path + ("x" if path.endswith("/") and path != "/" else "")))
            for m, path in routes), (method, pattern)


@pytest.mark.parametrize("method, path, body, kind", [
    ("GET", "/", None, None),
    ("GET", "/search?q=x.example", None, None),
    ("GET", "/search?q=", None, None),
    ("GET", "/d/tanpopo-import.example?for=JP", None, None),
    ("GET", "/d/tanpopo-import.example?format=json", None, None),
    ("GET", "/d/unknown.example", None, None),
    ("GET", "/d/a%20b", None, None),
    ("GET", "/assets/assay.css", None, None),
    ("GET", "/assets/none", None, None),
    *[("GET", f"/v1/lookup?name={row['subject'].replace('/', '%2F')}", None, None)
      for row in table(EXAMPLES / "expected.tsv")[::7]],
    ("GET", "/v1/lookup?name=x.example&detail=brief", None, None),
    ("GET", "/v1/lookup", None, None),
    ("POST", "/v1/lookup", "tanpopo-import.example\nx\na b\n", "text/plain"),
    ("POST", "/v1/lookup", "{}", "application/json"),
    ("POST", "/v1/lookup", "x", "image/png"),
    ("GET", "/v1/evidence/xyz", None, None),
    ("GET", "/v1/evidence/" + "0" * 64, None, None),
    ("GET", "/v1/ledger/checkpoint", None, None),
    ("GET", "/v1/ledger/key", None, None),
    ("GET", "/v1/ledger/tile/0/999", None, None),
    ("GET", "/v1/ledger/proof/" + "0" * 64, None, None),
    ("POST", "/v1/session", "{}", "application/json"),
    ("GET", "/v1/session", None, None),
    ("DELETE", "/v1/session", None, None),
    ("GET", "/v1/openapi.json", None, None),
    ("GET", "/healthz", None, None),
    ("GET", "/metrics", None, None),
])
def test_an_answer_is_what_the_description_says(server, description, method, path, body, kind):
    answer = server.ask(method, path, body, {"Content-Type": kind} if kind else {})
    bare = path.split("?")[0]
    [item] = [item for p, item in description["paths"].items()
              if re.match(re.sub(r"\\{[^}]*\\}", ".+", re.escape(p)) + r"$", bare)
              and method.lower() in item][:1]
    response = item[method.lower()]["responses"][str(answer.status)]
    if "$ref" in response:
        response = description
    content = response.get("content")
    if not content:
        assert answer.body == b""
        return
    kinds = {k.split(";")[0]: v for k, v in content.items()}
    got = answer.headers["content-type"].split(";")[0]
    media = kinds.get(got, kinds.get("*/*"))
    assert media, (got, list(content))
    if got in ("application/json", "application/problem+json"):
        jsonschema.validate(answer.json(), schema_of(description, media["schema"]))
    elif got == "application/x-ndjson":
        assert answer.lines()
        for line in answer.lines():
            jsonschema.validate(line, schema_of(description, media["schema"]))


def test_evidence_that_a_decision_rests_on_is_told_without_the_capture(server, description, store):
    told = cell(server.lookup("tanpopo-import.example").json(), "JP")
    quotation = told["findings"][0]["quotations"][0]
    answer = server.get(f"/v1/evidence/{quotation['evidence'].removeprefix('sha256:')}")
    assert answer.status == 200
    jsonschema.validate(answer.json(), schema_of(
        description, {"$ref": "#/components/schemas/Evidence"}))
    assert quotation["quote"] in [q["quote"] for q in answer.json()["quotations"]]
    assert "<html" not in answer.text() and "<script" not in answer.text()


def test_evidence_of_what_waits_is_told_to_nobody(server, store):
    """Of subjects that nobody has decided on at all: a page that a listing for one country rests
    on is public, though what it says for another one waits."""
    rows = table(EXAMPLES / "expected.tsv")
    decided = {r["subject"] for r in rows if r["state"] in ("listed", "corrected", "ended")}
    pending = {r["subject"] for r in rows if r["state"] == "pending"} - decided
    assert len(pending) >= 5
    missing = server.get("/v1/evidence/" + "0" * 64)
    for subject in sorted(pending):
        inside = next(a for a in lookup(store, subject) if a["subject"]["key"] == subject)
        waiting = {q["evidence"].removeprefix("sha256:") for c in inside["cells"]
                   if c["state"] == "pending" for f in c["findings"] for q in f["quotations"]}
        assert waiting
        for digest in waiting:
            answer = server.get(f"/v1/evidence/{digest}")
            assert answer.status == 404 and answer.body == missing.body, (subject, digest)


# ---- its end ----

@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGINT])
def test_it_stops_when_told(store, how):
    s = Server(store)
    with s:
        assert s.get("/healthz").text() == "ok\n"
        s.process.send_signal(how)
        assert s.process.wait(timeout=30) == 0
