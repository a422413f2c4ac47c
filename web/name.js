/* What a person means who types or pastes into the search box: a name, out of addresses as they are
 * copied, mailed, defanged and punctuated. The server reads a query in the same way (GET /search);
 * here it is done while one types, to show what will be looked up. tests/web/names.tsv is the table
 * that both must agree on.
 *
 *   hxxps://shop[.]example/a?b   shop.example      abuse desks write addresses so
 *   Bob <bob@shop.example>       shop.example      the domain of a mail address
 *   くすり。例。                    as A-labels       ideographic full stops, a trailing one too
 *   https://[2001:db8::1]:8080/  2001:db8::1       addresses of hosts that have no name */

const DOTS = /[\u3002\uff0e\uff61]/g; // UTS #46 section 2.3: what counts as a full stop
const DEFANGED = /\s*(?:\[\s*(?:\.|dot)\s*\]|\(\s*(?:\.|dot)\s*\)|\{\s*(?:\.|dot)\s*\})\s*/gi;
const QUOTES = "\\s\"'`\u2018\u2019\u201c\u201d\u300c\u300d\u300e\u300f";
const AROUND = new RegExp(`^[${QUOTES}<(]+|[${QUOTES}>),;:!?\u3001\uff0c]+$`, "g");
const TEXT_MAX = 4096; // characters: longer addresses are rare, and nothing is read slowly
const NAME_MAX = 253; // RFC 1035 section 2.3.4, written without the root's dot

/* Defanging undone, wrapping taken off, full-width forms made plain. */
function plain(text) {
	let s = text.normalize("NFKC").replace(DOTS, ".").replace(DEFANGED, ".");
	s = s.replace(/^h(?:xx|\*\*|tt)p(s?)(?:\[:\]|:)/i, "http$1:")
		.replace(/\[:\]\/\//, "://").replace(/\[(?:@|at)\]/gi, "@");
	return s.replace(AROUND, "");
}

/* The host of what is left, without scheme, user, port and path. */
function hostOf(text) {
	let s = plain(text);
	const mail = /^[^<>]*<([^<>\s]+@[^<>\s]+)$/.exec(s); // Bob <bob@x.example>, its end taken off
	if (mail)
		s = mail[1];
	s = s.replace(/^mailto:/i, "").replace(/^[a-z][a-z0-9+.-]*:\/{1,3}/i, "").replace(/^\/\//, "");
	s = s.split(/[/?#\\]/)[0];
	s = s.slice(s.lastIndexOf("@") + 1);
	const bracketed = /^\[([0-9a-f:.]+)\](?::\d*)?$/i.exec(s);
	if (bracketed)
		return bracketed[1];
	if ((s.match(/:/g) ?? []).length === 1)
		s = s.replace(/:\d*$/, "");
	return s.replace(/\.$/, "");
}

function address(host) {
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
	const host = hostOf(text);
	const found = address(host);
	if (found)
		return { name: found, shown: found };
	const name = canonical(host);
	return name && { name, shown: host.toLowerCase() === name ? name : host };
}
