/* Whether a proof from the ledger proves what a page says: everything that `assay ledger verify
 * PROOF --key KEY` checks, done by whoever reads the page, and one thing more: that the proof is
 * about the record that the page names.
 *
 *   source  c2sp.org/tlog-proof, c2sp.org/signed-note, c2sp.org/tlog-checkpoint; RFC 9162
 *           section 2.1.3.2 (inclusion), RFC 6962 section 2.1 (hashes); doc/format/ledger.md
 *   pure    no page, no network: text in, result out. `subtle` is the SubtleCrypto to use
 *
 * What a check here cannot tell: whether the ledger shows everybody the same history. For that
 * somebody keeps checkpoints and compares. */

import { canonical, parseCanonical } from "./canonical.js";

const FIRST = "c2sp.org/tlog-proof@v1";
const HASHES_MAX = 64;            // of a path in a tree of under 2^64 leaves
const SIZE_MAX = 2n ** 63n - 1n;  // src/wire/checkpoint.h
const ED25519 = 0x01;             // signed-note, "Signature types"
const TEXT_MAX = 32 << 20;        // characters; the extra data are 16 MiB at most, before base64

/* In the order in which they are checked, and shown. */
export const STEPS = ["form", "record", "commit", "path", "signature"];

const utf8 = (s) => new TextEncoder().encode(s);

/* ---- bytes ---- */

/* Strict (RFC 4648 section 4): one value has one spelling. */
export function fromBase64(s) {
	if (!/^[A-Za-z0-9+/]*={0,2}$/.test(s) || s.length % 4)
		throw new SyntaxError("not base64");
	const raw = atob(s);
	if (btoa(raw) !== s)
		throw new SyntaxError("base64 with stray bits");
	return Uint8Array.from(raw, (c) => c.charCodeAt(0));
}

export function fromHex(s, length) {
	if (typeof s !== "string" || !/^[0-9a-f]*$/.test(s) || s.length !== 2 * length)
		throw new SyntaxError(`not ${length} bytes of hexadecimal`);
	return Uint8Array.from({ length }, (_, i) => parseInt(s.slice(2 * i, 2 * i + 2), 16));
}

export const toHex = (bytes) => Array.from(bytes, (b) => b.toString(16).padStart(2, "0")).join("");

const equal = (a, b) => a.length === b.length && a.every((byte, i) => byte === b[i]);

function joined(...parts) {
	const out = new Uint8Array(parts.reduce((n, p) => n + p.length, 0));
	let at = 0;
	for (const part of parts) {
		out.set(part, at);
		at += part.length;
	}
	return out;
}

const sha256 = async (subtle, ...parts) =>
	new Uint8Array(await subtle.digest("SHA-256", joined(...parts)));

/* ---- formats ---- */

function decimal(s) {
	if (!/^(0|[1-9][0-9]{0,18})$/.test(s) || BigInt(s) > SIZE_MAX)
		throw new SyntaxError("not a number");
	return BigInt(s);
}

function hash(s) {
	const bytes = fromBase64(s);
	if (bytes.length !== 32)
		throw new SyntaxError("not a hash");
	return bytes;
}

/* A verifier key, name+hash+base64(0x01, public key): {name, id, public}. Its hash must be that of
 * name and key. */
export async function readKey(text, subtle) {
	const parts = /^([^+\s\p{Cc}]{1,255})\+([0-9a-f]{8})\+([A-Za-z0-9+/=]+)$/u.exec(text.trim());
	if (!parts)
		throw new SyntaxError("not a verifier key");
	const [, name, id, coded] = parts;
	const raw = fromBase64(coded);
	if (raw.length !== 33 || raw[0] !== ED25519)
		throw new SyntaxError("not an Ed25519 key");
	const named = (await sha256(subtle, utf8(`${name}\n`), raw)).slice(0, 4);
	if (toHex(named) !== id)
		throw new SyntaxError("the hash is not that of its name and key");
	return { name, id, public: raw.slice(1) };
}

/* A signed note: {text, signatures: [{name, id, signature}]}. Cut at its last blank line. */
function readNote(note) {
	const cut = note.lastIndexOf("\n\n");
	if (cut < 0 || !note.endsWith("\n") || /[\x00-\x09\x0b-\x1f]/.test(note))
		throw new SyntaxError("not a signed note");
	const signatures = note.slice(cut + 2, -1).split("\n").map((line) => {
		const parts = /^\u2014 ([^+\s\p{Cc}]{1,255}) ([A-Za-z0-9+/=]+)$/u.exec(line);
		const raw = parts ? fromBase64(parts[2]) : [];
		if (raw.length < 5)
			throw new SyntaxError("not a signature line");
		return { name: parts[1], id: toHex(raw.slice(0, 4)), signature: raw.slice(4) };
	});
	return { text: note.slice(0, cut + 1), signatures };
}

function readCheckpoint(text) {
	const [origin, size, root] = text.split("\n");
	if (!origin || root === undefined)
		throw new SyntaxError("not a checkpoint");
	return { origin, size: decimal(size), root: hash(root) };
}

/* The proof's parts: {index, path: [hash], extra: {entry, record, salt}, note, checkpoint}. */
export function readProof(text) {
	if (text.length > TEXT_MAX)
		throw new SyntaxError("too long");
	const end = text.indexOf("\n\n");
	if (end < 0)
		throw new SyntaxError("no blank line before the checkpoint");
	const [first, extra, index, ...hashes] = text.slice(0, end).split("\n");
	if (first !== FIRST || !extra?.startsWith("extra ") || !index?.startsWith("index "))
		throw new SyntaxError("not a proof of ours");
	if (hashes.length > HASHES_MAX)
		throw new SyntaxError("too many hashes");
	const carried = parseCanonical(new TextDecoder("utf-8", { fatal: true, ignoreBOM: true })
		.decode(fromBase64(extra.slice("extra ".length))));
	const note = readNote(text.slice(end + 2));
	return {
		index: decimal(index.slice("index ".length)),
		path: hashes.map(hash),
		extra: carried,
		note,
		checkpoint: readCheckpoint(note.text),
	};
}

/* ---- what it says ---- */

const isObject = (v) => typeof v === "object" && v !== null && !Array.isArray(v);

function readEntry(entry) {
	const members = ["at", "commit", "key", "record", "type", "v"];
	const address = /^sha256:[0-9a-f]{64}$/;
	if (!isObject(entry) || Object.keys(entry).sort().join() !== members.join() ||
	    entry.v !== 1 || !address.test(entry.commit) || !address.test(entry.record) ||
	    typeof entry.at !== "string" || typeof entry.key !== "string" ||
	    !/^[a-z_]{1,64}$/.test(entry.type))
		throw new SyntaxError("not an entry");
	return entry;
}

/* The root that a leaf at index in a tree of that size has by this path; null when the path has not
 * the hashes that it takes. */
export async function rootOf(leaf, index, size, path, subtle) {
	const node = (left, right) => sha256(subtle, [0x01], left, right);
	if (index >= size)
		return null;
	let at = index, last = size - 1n, sum = leaf;
	for (const beside of path) {
		if (last === 0n)
			return null;
		if (at % 2n === 1n || at === last) {
			sum = await node(beside, sum);
			while (at % 2n === 0n && at !== 0n) {
				at /= 2n;
				last /= 2n;
			}
		} else {
			sum = await node(sum, beside);
		}
		at /= 2n;
		last /= 2n;
	}
	return last === 0n ? sum : null;
}

/* Types whose id leaves out the time, being outputs of pure stages (doc/format/record.md). None of
 * them is a decision, but the ledger may carry more than decisions. */
const PURE = new Set(["suspect", "fact", "finding", "verdict", "link", "network"]);

async function isRecord({ extra }, entry, wanted, subtle) {
	const { record } = extra;
	const plain = { ...record };
	delete plain.id;
	if (PURE.has(record.type))
		delete plain.at;
	const id = toHex(await sha256(subtle, utf8(canonical(plain))));
	const key = isObject(record.subject) ? record.subject.key : "";
	return id === wanted && entry.record === `sha256:${id}` && entry.type === record.type &&
	       entry.key === key;
}

async function isCommitted({ extra }, entry, subtle) {
	const salt = fromHex(extra.salt, 32);
	const sum = await sha256(subtle, salt, utf8(canonical(extra.record)));
	return entry.commit === `sha256:${toHex(sum)}`;
}

async function isInTree({ index, path, checkpoint }, entry, subtle) {
	const leaf = await sha256(subtle, [0x00], utf8(canonical(entry)));
	const root = await rootOf(leaf, index, checkpoint.size, path, subtle);
	return root !== null && equal(root, checkpoint.root);
}

/* null where the browser knows no Ed25519, which is not the same as a signature that is wrong. */
async function importKey(key, subtle) {
	try {
		return await subtle.importKey("raw", key.public, { name: "Ed25519" }, false, ["verify"]);
	} catch (error) {
		if (error.name === "NotSupportedError")
			return null;
		throw error;
	}
}

async function isSigned({ note, checkpoint }, key, verifier, subtle) {
	const ours = note.signatures.filter((s) => s.name === key.name && s.id === key.id);
	if (checkpoint.origin !== key.name || ours.length === 0)
		return false;
	for (const { signature } of ours)
		if (!await subtle.verify({ name: "Ed25519" }, verifier, signature, utf8(note.text)))
			return false;
	return true;
}

/* Check a proof.
 *
 *   proof   its text, as /v1/ledger/proof/HEX gives it
 *   key     the text of the verifier key
 *   record  the id that the page names, 64 hexadecimal digits
 *   subtle  undefined where the browser gives none: on pages that did not come by https
 *   told    called with a step's name and "good", "bad" or "unable" when it is done
 *   return  {good, failed, unable, origin, index, size}: failed = the first step that did not
 *           hold, or null; unable = the step that this browser cannot check, or null; good = every
 *           step was checked and holds. Behind a step that failed no other is checked.
 *
 * It throws only what `told` throws. */
export async function checkProof({ proof, key, record, subtle, told = () => {} }) {
	const result = { good: false, failed: null, unable: null };
	let read, entry, known;

	if (!subtle) {
		told(STEPS[0], "unable");
		return { ...result, unable: STEPS[0] };
	}

	const checks = {
		async form() {
			read = readProof(proof);
			known = await readKey(key, subtle);
			if (!isObject(read.extra) || !isObject(read.extra.record) ||
			    Object.keys(read.extra).sort().join() !== "entry,record,salt")
				return false;
			entry = readEntry(read.extra.entry);
			result.origin = read.checkpoint.origin;
			result.index = read.index;
			result.size = read.checkpoint.size;
			return true;
		},
		record: () => isRecord(read, entry, record, subtle),
		commit: () => isCommitted(read, entry, subtle),
		path: () => isInTree(read, entry, subtle),
		async signature() {
			const verifier = await importKey(known, subtle);
			return verifier ? isSigned(read, known, verifier, subtle) : null;
		},
	};
	for (const step of STEPS) {
		let holds;
		try {
			holds = await checks[step]();
		} catch {
			holds = false; // what cannot be read does not prove
		}
		told(step, holds ? "good" : holds === null ? "unable" : "bad");
		if (holds === null)
			result.unable = step;
		else if (!holds)
			return { ...result, failed: step };
	}
	return { ...result, good: result.unable === null };
}
