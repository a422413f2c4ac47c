/* The canonical form of JSON (RFC 8785), for what our records are made of: objects, arrays,
 * strings, integers, true, false, null. The same value gives the same bytes on any machine, so a
 * digest over them means something. It agrees with src/wire/json.c.
 *
 *   numbers  integers from -(2^53 - 1) to 2^53 - 1; anything else throws
 *   strings  of whole characters; half of a surrogate pair throws
 *   names    sorted by UTF-16 code units, which is how this language compares strings */

const DEPTH_MAX = 64; // objects and arrays inside one another, as in src/wire/json.h

function text(s) {
	if (/\p{Surrogate}/u.test(s))
		throw new SyntaxError("canonical: half a character");
	return JSON.stringify(s);
}

/* The canonical text of a value; throws SyntaxError for one that has none. */
export function canonical(value, depth = 0) {
	if (depth > DEPTH_MAX)
		throw new SyntaxError("canonical: too deep");
	if (value === null || typeof value === "boolean")
		return String(value);
	if (typeof value === "string")
		return text(value);
	if (Number.isSafeInteger(value))
		return String(value);
	if (Array.isArray(value))
		return `[${value.map((v) => canonical(v, depth + 1)).join(",")}]`;
	if (typeof value === "object") {
		const members = Object.keys(value).sort()
			.map((name) => `${text(name)}:${canonical(value[name], depth + 1)}`);
		return `{${members.join(",")}}`;
	}
	throw new SyntaxError("canonical: not a value of our records");
}

/* Read text that must be canonical itself: one space more, a name twice, and it throws. */
export function parseCanonical(s) {
	const value = JSON.parse(s);
	if (canonical(value) !== s)
		throw new SyntaxError("canonical: written in another way");
	return value;
}
