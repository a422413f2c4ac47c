/* web/name.js: what is meant by what is pasted, over the table that src/publish/asked.c is held to,
 * and what will be looked up, over names.tsv. An empty second column: nothing. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import test from "node:test";

import { asked, readName } from "../../web/name.js";

const table = (path) => readFileSync(new URL(path, import.meta.url), "utf8").split("\n")
	.filter((line) => line.includes("\t")).map((line) => line.split("\t"));
const unescaped = (s) => s.replace(/\\(?:u(....)|(.))/g,
	(_, hex, mark) => (hex ? String.fromCharCode(parseInt(hex, 16)) : mark));

const meant = table("../golden/asked.tsv").map((row) => row.map(unescaped));
const rows = table("names.tsv").slice(1);

test("the tables are there", () => assert.ok(rows.length > 40 && meant.length > 20));

for (const [pasted, name] of meant)
	test(`by "${pasted}" is meant "${name}"`, () => assert.equal(asked(pasted), name));

for (const [typed, name] of rows)
	test(`"${typed}" is ${name || "nothing"}`, () =>
		assert.equal(readName(typed)?.name ?? "", name));

test("letters are shown beside the A-labels that they are looked up by", () => {
	assert.deepEqual(readName("Bücher.example"),
		{ name: "xn--bcher-kva.example", shown: "Bücher.example" });
	assert.deepEqual(readName("SHOP.example"), { name: "shop.example", shown: "shop.example" });
});

test("a name longer than DNS allows, or a label, is nothing", () => {
	const label = "a".repeat(63);
	assert.equal(readName(`${label}.example`).name, `${label}.example`);
	assert.equal(readName(`${label}a.example`), null);
	assert.equal(readName(`${`${label}.`.repeat(4)}example`), null);
});

test("long hostile text is read in no time", () => {
	const before = performance.now();
	for (const part of ["[.]", " ", "(", "@", "<", "a.", "[ . ", "hxxp://", ":", "\u3002"])
		readName(`${part.repeat(2000)}a`);
	assert.ok(performance.now() - before < 2000);
	assert.equal(readName(`${" ".repeat(5000)}shop.example`), null);
});
