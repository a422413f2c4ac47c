// node warc_digests.mjs FILE…: reads each WARC file with warcio.js and says of every record, one JSON
// object a line, what its fields are and what its digests ought to be: computed here, from the bytes that
// warcio gives, with transfer coding undone by the code below.
import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { createRequire } from "node:module";

const require = createRequire(new URL("../../web/package.json", import.meta.url));
const { WARCParser } = require("warcio");

const sha256 = (bytes) => "sha256:" + createHash("sha256").update(bytes).digest("hex");

// RFC 9112 7.1: what is cut off ends where it ends.
function dechunk(body) {
	const parts = [];
	for (let at = 0; ;) {
		const end = body.indexOf("\n", at);
		const size = end < 0 ? NaN : parseInt(body.toString("latin1", at, end), 16);
		if (!(size > 0))
			return Buffer.concat(parts);
		parts.push(body.subarray(end + 1, end + 1 + size));
		at = end + 1 + size + 2;
	}
}

function payloadOf(type, contentType, block) {
	if (type !== "response" || !contentType.startsWith("application/http"))
		return block;
	const text = block.toString("latin1");
	const found = /\r?\n\r?\n/.exec(text);
	if (!found)
		return Buffer.alloc(0);
	const head = text.slice(0, found.index);
	const body = block.subarray(found.index + found[0].length);
	return /^transfer-encoding:\s*chunked\s*$/im.test(head) ? dechunk(body) : body;
}

async function read(file, parseHttp, each) {
	const parser = new WARCParser(createReadStream(file), { parseHttp, strictHeaders: true });
	for await (const record of parser) {
		const bytes = Buffer.from(await record.readFully(false));
		each(record, bytes, parser.offset);
	}
}

for (const file of process.argv.slice(2)) {
	const records = [];
	await read(file, false, (record, block, offset) => {
		const field = (name) => record.warcHeader(name) ?? null;
		records.push({
			file, offset, type: record.warcType, id: field("WARC-Record-ID"),
			uri: record.warcTargetURI, date: record.warcDate, length: block.length,
			content_length: Number(field("Content-Length")),
			content_type: record.warcContentType, truncated: field("WARC-Truncated"),
			concurrent_to: field("WARC-Concurrent-To"), refers_to: field("WARC-Refers-To"),
			refers_to_uri: field("WARC-Refers-To-Target-URI"),
			refers_to_date: field("WARC-Refers-To-Date"), profile: field("WARC-Profile"),
			ip: field("WARC-IP-Address"), block: field("WARC-Block-Digest"),
			payload: field("WARC-Payload-Digest"), block_is: sha256(block),
			payload_is: sha256(payloadOf(record.warcType, record.warcContentType ?? "", block)),
		});
	});
	// And as warcio reads it by itself.
	let i = 0;
	await read(file, true, (record) => {
		records[i++].status = record.httpHeaders?.statusCode ?? null;
	});
	if (i !== records.length)
		throw new Error(`${file}: ${i} records of ${records.length}`);
	for (const record of records)
		console.log(JSON.stringify(record));
}
