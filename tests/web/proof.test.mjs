/* web/proof.js on proofs that `assay ledger prove` makes from the examples: each must pass, and be
 * refused at the right step once anything that it says is changed. */
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { webcrypto } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import test, { after } from "node:test";

import { canonical, parseCanonical } from "../../web/canonical.js";
import { checkProof, readProof, rootOf, toHex } from "../../web/proof.js";

const { subtle } = webcrypto;
const root = new URL("../..", import.meta.url).pathname;
const assay = join(process.env.ASSAY_BUILD ?? join(root, "build-test"), "assay");
const scratch = mkdtempSync(join(tmpdir(), "assay-web-"));
after(() => rmSync(scratch, { recursive: true }));

const store = join(scratch, "store");
const run = (...args) => execFileSync(assay, [...args, "--store", store, "--config",
	join(root, "examples/assay.yaml")], { cwd: root, encoding: "utf8", maxBuffer: 1 << 28,
	stdio: ["ignore", "pipe", "ignore"] });

run("run", "--at", "2026-11-22T00:00:00Z", "examples");
const key = readFileSync(join(store, "ledger/key.pub"), "utf8");
const size = Number(run("ledger", "checkpoint", "--format", "text").split("\n")[1]);
// A third of them, and the last: a process is started for each.
const indexes = [...Array(size).keys()].filter((i) => i % 3 === 0 || i === size - 1);
const proofs = indexes.map((i) => run("ledger", "prove", String(i), "--format", "text"));
const recordOf = (proof) => readProof(proof).extra.entry.record.slice("sha256:".length);
const decisions = proofs.filter((p) => readProof(p).extra.entry.type === "decision");

const check = (proof, more = {}) =>
	checkProof({ proof, key, record: recordOf(decisions[3]), subtle, ...more });

const good = decisions[3];

/* The proof with its extra data changed, and written again as the ledger would. */
function withExtra(change, write = canonical) {
	const lines = good.split("\n");
	const extra = parseCanonical(Buffer.from(lines[1].slice(6), "base64").toString());
	change(extra);
	lines[1] = `extra ${Buffer.from(write(extra)).toString("base64")}`;
	return lines.join("\n");
}

const sha256 = async (...parts) =>
	toHex(new Uint8Array(await subtle.digest("SHA-256", Buffer.concat(parts.map(Buffer.from)))));

const flipBase64 = (s) => s.slice(0, 5) + (s[5] === "A" ? "B" : "A") + s.slice(6);

const line = (n, change) => good.split("\n").map((l, i) => (i === n ? change(l) : l)).join("\n");
const lines = good.split("\n");
const blank = lines.indexOf("");
const index = Number(lines[2].slice(6));

/* what is changed, the changed proof, the step that finds it */
const tampered = [
	["the first line", () => line(0, (l) => l.replace("v1", "v2")), "form"],
	["no extra data", () => lines.filter((_, i) => i !== 1).join("\n"), "form"],
	["a byte of the extra data's base64", () => line(1, (l) => `extra !${l.slice(7)}`), "form"],
	["a space in the extra data", () => withExtra(() => {}, (e) => ` ${canonical(e)}`), "form"],
	["a member twice", () => withExtra(() => {},
		(e) => canonical(e).replace(/^\{/, '{"entry":{},')), "form"],
	["a member that does not belong", () => withExtra((e) => { e.more = 1; }), "form"],
	["no record", () => withExtra((e) => { delete e.record; }), "form"],
	["no salt", () => withExtra((e) => { delete e.salt; }), "form"],
	["an entry with a member more", () => withExtra((e) => { e.entry.x = 1; }), "form"],
	["an entry of another version", () => withExtra((e) => { e.entry.v = 2; }), "form"],
	["a fraction in the record", () => withExtra(() => {},
		(e) => canonical(e).replace('"v":1}', '"v":1.5}')), "form"],
	["the reason in the record", () => withExtra((e) => { e.record.reason += "!"; }), "record"],
	["the class in the record", () => withExtra((e) => { e.record.cells[0].class = "legitimate"; }),
		"record"],
	["the time in the record", () => withExtra((e) => { e.record.at = "2026-01-01T00:00:00Z"; }),
		"record"],
	["the record's subject", () => withExtra((e) => { e.record.subject.key = "x.example"; }),
		"record"],
	["the entry's record", () => withExtra((e) => { e.entry.record = `sha256:${"0".repeat(64)}`; }),
		"record"],
	["the entry's type", () => withExtra((e) => { e.entry.type = "correction"; }), "record"],
	["the entry's key", () => withExtra((e) => { e.entry.key = "x.example"; }), "record"],
	["the record as a list", () => withExtra((e) => { e.record = [e.record]; }), "form"],
	["an id beside the record", () => withExtra((e) => { e.record.id = "x"; }), "commit"],
	["the salt", () => withExtra((e) => { e.salt = `00${e.salt.slice(2)}`; }), "commit"],
	["the salt's length", () => withExtra((e) => { e.salt = e.salt.slice(2); }), "commit"],
	["the salt in capitals", () => withExtra((e) => { e.salt = `AB${e.salt.slice(2)}`; }), "commit"],
	["the commitment", () => withExtra((e) => { e.entry.commit = `sha256:${"0".repeat(64)}`; }),
		"commit"],
	["the time in the entry", () => withExtra((e) => { e.entry.at = "2026-01-01T00:00:00Z"; }),
		"path"],
	["the index", () => line(2, () => `index ${index ^ 1}`), "path"],
	["an index behind the end", () => line(2, () => `index ${size}`), "path"],
	["an index that is no number", () => line(2, () => "index 0x1"), "form"],
	["an index with a zero before it", () => line(2, (l) => l.replace("index ", "index 0")), "form"],
	["a hash of the path", () => line(3, flipBase64), "path"],
	["the first hash left out", () => lines.filter((_, i) => i !== 3).join("\n"), "path"],
	["the last hash left out", () => lines.filter((_, i) => i !== blank - 1).join("\n"), "path"],
	["a hash too many", () => line(3, (l) => `${l}\n${l}`), "path"],
	["two hashes exchanged", () => {
		const other = [...lines];
		[other[3], other[4]] = [other[4], other[3]];
		return other.join("\n");
	}, "path"],
	["a hash of 31 bytes", () => line(3, () => Buffer.alloc(31).toString("base64")), "form"],
	["sixty-five hashes", () => line(3, (l) => Array(65).fill(l).join("\n")), "form"],
	["the checkpoint's root", () => line(blank + 3, flipBase64), "path"],
	["the checkpoint's size", () => line(blank + 2, (l) => String(Number(l) + 1)),
		/* the same path, as it happens, or another */ "path|signature"],
	["the origin", () => line(blank + 1, (l) => `${l}x`), "signature"],
	["a line more in the checkpoint", () => line(blank + 3, (l) => `${l}\nmore`), "signature"],
	["the signature", () => line(blank + 5, (l) => l.slice(0, -10) +
		(l.at(-10) === "A" ? "B" : "A") + l.slice(-9)), "signature"],
	["the signature's key id", () => line(blank + 5, (l) => {
		const [dash, name, coded] = l.split(" ");
		return `${dash} ${name} ${flipBase64(coded)}`;
	}), "signature"],
	["the signer's name", () => line(blank + 5, (l) => l.replace("assay/", "other/")), "signature"],
	["no signature", () => lines.slice(0, blank + 5).join("\n"), "form"],
	["no checkpoint", () => `${lines.slice(0, blank).join("\n")}\n`, "form"],
	["nothing at all", () => "", "form"],
	["a page instead of a proof", () => "<!doctype html>\n\n<p>not found", "form"],
];

for (const [what, make, step] of tampered)
	test(`changed: ${what}`, async () => {
		const proof = make();
		assert.notEqual(proof, good);
		const result = await check(proof);
		assert.equal(result.good, false);
		assert.match(result.failed, new RegExp(`^(${step})$`));
	});

test("another entry's whole proof is not about the record of the page", async () => {
	assert.equal((await check(decisions[4])).failed, "record");
});

test("a record that was made up with all that hangs on it is not in the tree", async () => {
	const proof = withExtra(() => {});
	const extra = parseCanonical(Buffer.from(proof.split("\n")[1].slice(6), "base64").toString());
	extra.record.cells[0].class = "legitimate";
	const body = canonical(extra.record);
	const id = await sha256(body);
	extra.entry.record = `sha256:${id}`;
	extra.entry.commit = `sha256:${await sha256(Buffer.from(extra.salt, "hex"), body)}`;
	const forged = withExtra((e) => Object.assign(e, extra));
	assert.equal((await check(forged, { record: id })).failed, "path");
});

test("a ledger signed by another key is refused, whichever key is given", async () => {
	const other = await subtle.generateKey({ name: "Ed25519" }, true, ["sign", "verify"]);
	const raw = Buffer.concat([[1], Buffer.from(await subtle.exportKey("raw", other.publicKey))]
		.map((b) => Buffer.from(b)));
	const name = key.split("+")[0];
	const id = (await sha256(`${name}\n`, raw)).slice(0, 8);
	const wrong = `${name}+${id}+${raw.toString("base64")}`;
	assert.equal((await check(good, { key: wrong })).failed, "signature");

	const text = `${lines.slice(blank + 1, blank + 4).join("\n")}\n`;
	const made = Buffer.from(await subtle.sign({ name: "Ed25519" }, other.privateKey,
		Buffer.from(text)));
	const sign = (keyId) => line(blank + 5, () => `\u2014 ${name} ${Buffer.concat([
		Buffer.from(keyId, "hex"), made]).toString("base64")}`);
	assert.equal((await check(sign(id), { key: wrong })).failed, null);
	assert.equal((await check(sign(id))).failed, "signature");
	assert.equal((await check(sign(key.split("+")[1]))).failed, "signature");
});

test("signatures of other keys beside ours are passed over", async () => {
	const more = `${good}\u2014 witness.example AAAAAAAAAAAA\n`;
	assert.equal((await check(more)).good, true);
});

for (const [what, text] of [
	["its hash is another", key.replace(/\+.{8}\+/, "+00000000+")],
	["a byte of it is another", key.replace(/.{4}\n?$/, "AAAA")],
	["it is cut short", key.slice(0, -5)],
	["its name has a space", key.replace("assay/", "assay ")],
	["it is none", ""],
])
	test(`the key is refused: ${what}`, async () =>
		assert.equal((await check(good, { key: text })).failed, "form"));

test("a browser that cannot check signatures says so, and does not say good", async () => {
	const old = {
		digest: subtle.digest.bind(subtle),
		importKey: async () => { throw Object.assign(new Error("no"), { name: "NotSupportedError" }); },
	};
	assert.deepEqual((({ good: g, failed, unable }) => ({ g, failed, unable }))(
		await check(good, { subtle: old })), { g: false, failed: null, unable: "signature" });
	assert.equal((await check(good, { subtle: undefined })).unable, "form");
	assert.equal((await check(good, { subtle: undefined })).good, false);
});

test("one changed bit anywhere never proves another record", async () => {
	const seed = Number(process.env.ASSAY_SEED ?? Math.floor(Math.random() * 2 ** 32));
	console.log(`# seed ${seed} (ASSAY_SEED)`);
	let state = seed >>> 0;
	const random = (n) => { // xorshift32: repeatable is all that is asked of it
		state ^= state << 13; state >>>= 0;
		state ^= state >>> 17;
		state ^= state << 5; state >>>= 0;
		return state % n;
	};
	state ||= 1;
	const bytes = Buffer.from(good);
	const rounds = process.env.ASSAY_TEST_LONG ? bytes.length * 8 : 400;
	for (let i = 0; i < rounds; i++) {
		const bit = process.env.ASSAY_TEST_LONG ? i : random(bytes.length * 8);
		const changed = Buffer.from(bytes);
		changed[bit >> 3] ^= 1 << (bit & 7);
		const result = await check(changed.toString());
		assert.equal(result.good, false, `bit ${bit}`);
	}
});

test("a path is for one tree size and one index only", async () => {
	const hash = async (...parts) => Buffer.from(await sha256(...parts), "hex");
	const leaves = [];
	for (let i = 0; i < 7; i++)
		leaves.push(await hash([0], Buffer.from([i])));
	const tree = async (l) => {
		if (l.length === 1)
			return l[0];
		const k = 2 ** Math.floor(Math.log2(l.length - 1));
		return hash([1], await tree(l.slice(0, k)), await tree(l.slice(k)));
	};
	const path = async (m, l) => {
		if (l.length === 1)
			return [];
		const k = 2 ** Math.floor(Math.log2(l.length - 1));
		return m < k ? [...await path(m, l.slice(0, k)), await tree(l.slice(k))]
			: [...await path(m - k, l.slice(k)), await tree(l.slice(0, k))];
	};
	for (let n = 1; n <= 7; n++)
		for (let m = 0; m < n; m++) {
			const way = await path(m, leaves.slice(0, n));
			const top = (await tree(leaves.slice(0, n))).toString("hex");
			for (let other = 0; other <= n; other++) {
				const got = await rootOf(leaves[m], BigInt(other), BigInt(n), way, subtle);
				assert.equal(got !== null && toHex(got) === top, other === m, `${m} as ${other} of ${n}`);
			}
		}
});

test("canonical JSON is that of RFC 8785, for what records are made of", () => {
	const rows = [
		['{"b":1,"a":[true,null,"\\u00e9"]}', '{"a":[true,null,"é"],"b":1}'],
		// Sorted by UTF-16 code units (section 3.2.3): the smiley's surrogate before U+FB33.
		['{"\\ufb33":1,"\\ud83d\\ude02":2,"\\u20ac":3,"1":4}',
			'{"1":4,"\u20ac":3,"\ud83d\ude02":2,"\ufb33":1}'],
		['"\\u000f\\n\\u2028/\\u001f\\"\\\\"', '"\\u000f\\n\u2028/\\u001f\\"\\\\"'],
		['{"__proto__":1}', '{"__proto__":1}'],
		["9007199254740991", "9007199254740991"],
	];
	for (const [text, want] of rows)
		assert.equal(canonical(JSON.parse(text)), want);
	for (const bad of ["1.5", "1e300", "9007199254740992", '"\\ud800"', '{"\\udc00":1}',
		`${"[".repeat(70)}${"]".repeat(70)}`])
		assert.throws(() => canonical(JSON.parse(bad)), SyntaxError, bad);
	for (const other of [" 1", "-0", '{"a":1,"a":1}', '{"b":1,"a":1}', '"\\u0041"'])
		assert.throws(() => parseCanonical(other), SyntaxError, other);
});
