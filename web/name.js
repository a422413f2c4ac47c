/* What a person means who types or pastes into the search box. The server reads a query itself;
 * here it is done while one types, to show what will be looked up.
 *
 *   hxxps://shop[.]example/a?b   shop.example      abuse desks write addresses so
 *   Bob <bob@shop.example>       shop.example      the domain of a mail address
 *   くすり。例。                 as A-labels       ideographic full stops, a trailing one too
 *   https://[2001:db8::1]:8080/  2001:db8::1       addresses of hosts that have no name
 *
 * asked() does what src/publish/asked.c does, held to the same table (tests/golden/asked.tsv);
 * readName() is for showing only: what it takes for a name the server reads once more. */

const TEXT_MAX = 4096; // characters: longer addresses are rare, and nothing is read slowly
const NAME_MAX = 253;  // RFC 1035 section 2.3.4, written without the root's dot

const SPACE = /[\x00-\x20\x7f\xa0\u2000-\u200f\u2028\u2029\u3000]+/;
const WRAPPING = new Set("\"'<>(){},;!?|`\xab\xbb\u2018\u2019\u201c\u201d\u3001\u3008\u3009\u300a" +
	"\u300b\u300c\u300d\u300e\u300f\u3010\u3011\uff08\uff09\uff0c\uff1c\uff1e\ufeff");
const DOTS = [".", "\u3002", "\uff0e", "\uff61", "[dot]", "(dot)", "::"];
const MARKS = /\[\.\]|\(\.\)|\{\.\}|\[dot\]|\(dot\)|\[:\]|\[:\/\/\]|\[\/\]|\\\./gi;
const PLAIN = { ":": ":", "://": "://", "/": "/" }; // what a mark stands for; else a full stop

/* Without the marks that stand around a name and never in it. */
function unwrapped(s) {
	let from = 0, to = s.length;

	while (from < to && WRAPPING.has(s[from]))
		from++;
	// A bracket that closes one within belongs to it: "shop[.]example/(a)"
	while (to > from && WRAPPING.has(s[to - 1]) &&
	       !(s[to - 1] === ")" && s.slice(from, to).includes("(")))
		to--;
	return s.slice(from, to);
}

const hasDot = (word) => DOTS.some((dot) => word.includes(dot));

const refanged = (s) => s.replace(/^h(?:xx|\*\*)p/i, "http")
	.replace(MARKS, (mark) => PLAIN[mark.slice(1, -1)] ?? ".");

/* The part of what was pasted that is meant: the first word that can be a name, with its address
 * made whole again. "" when nothing is left. */
export function asked(text) {
	const words = text.split(SPACE).map(unwrapped).filter((word) => word !== "");
	let word = refanged(words.find(hasDot) ?? words[0] ?? "");

	if (/^mailto:/i.test(word))
		word = word.slice("mailto:".length).split("?")[0];
	const at = word.indexOf("@");
	const slash = word.indexOf("/");
	if (at >= 0 && (slash < 0 || at < slash))
		word = word.slice(at + 1);
	return unwrapped(word);
}

/* The host of an address, without scheme, user, port and path. */
function hostOf(address) {
	let s = address.normalize("NFKC").replace(/^[a-z][a-z0-9+.-]*:\/{2}/i, "");

	s = s.split(/[/?#\\]/)[0];
	s = s.slice(s.lastIndexOf("@") + 1);
	const bracketed = /^\[([0-9a-f:.]+)\](?::\d*)?$/i.exec(s);
	if (bracketed)
		return bracketed[1];
	if (s.split(":").length === 2)
		s = s.replace(/:\d*$/, "");
	return s.replace(/[\u3002\uff0e\uff61]/g, ".").replace(/\.$/, "");
}

function ipAddress(host) {
	const four = /^(?:(?:25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)(?:\.(?!$)|$)){4}$/;
	if (four.test(host))
		return host;
	if (!host.includes(":") || !/^[0-9a-f:.]+$/i.test(host))
		return null;
	try {
		return new URL(`http://[${host}]/`).hostname.slice(1, -1); // RFC 5952
	} catch {
		return null;
	}
}

const isLabel = (label) => /^[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?$/.test(label);

/* A-labels, lower case, as the program writes names; null for what is none. */
function canonical(host) {
	let name;

	if (/[\s%:[\]<>^|]/.test(host) || host === "")
		return null;
	try {
		name = new URL(`http://${host}/`).hostname.replace(/\.$/, "");
	} catch {
		return null;
	}
	const labels = name.split(".");
	// "0x7f.1" becomes an address when read as a web address; it is no name and no address here.
	if (labels.length < 2 || name.length > NAME_MAX || !labels.every(isLabel) ||
	    /^[0-9]+$/.test(labels.at(-1)))
		return null;
	return name;
}

/* {name, shown}: what will be looked up, and how it was typed when that looks different (letters
 * instead of A-labels; else the same). null when there is nothing to be looked up. */
export function readName(text) {
	if (text.length > TEXT_MAX)
		return null;
	const host = hostOf(asked(text));
	const found = ipAddress(host);
	if (found)
		return { name: found, shown: found };
	const name = canonical(host);
	return name && { name, shown: host.toLowerCase() === name ? name : host };
}
