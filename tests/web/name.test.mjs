/* web/name.js over the table that the server's reading of /search is held to as well
 * (tests/e2e/test_browser.py). An empty second column: nothing to be looked up. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import test from "node:test";

import { readName } from "../../web/name.js";

const rows = readFileSync(new URL("names.tsv", import.meta.url), "utf8").split("\n").slice(1)
	.filter((line) => line.includes("\t")).map((line) => line.split("\t"));

test("the table is there", () => assert.ok(rows.length > 40));

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
