/* A record: "WARC/1.1" CRLF *( field CRLF ) CRLF block CRLF CRLF. A compressed file is members one
 * behind the other; a member is unpacked whole and its records are read out of it. */
#include "wire/warc.h"

#include "wire/inflate.h"
#include "wire/warc_writer.h"

static const char *const type_name[] = {
	[WARC_OTHER] = "other",       [WARC_WARCINFO] = "warcinfo",
	[WARC_RESPONSE] = "response", [WARC_RESOURCE] = "resource",
	[WARC_REQUEST] = "request",   [WARC_METADATA] = "metadata",
	[WARC_REVISIT] = "revisit",   [WARC_CONVERSION] = "conversion",
	[WARC_CONTINUATION] = "continuation",
};

const char *warc_type_name(enum warc_type t)
{
	return t < sizeof(type_name) / sizeof(*type_name) ? type_name[t] : "other";
}

void warc_open(struct warc_reader *r, struct slice file, size_t limit)
{
	*r = (struct warc_reader){ .file = file, .limit = limit ? limit : (size_t)WARC_RECORD_MAX };
}

void warc_release(struct warc_reader *r)
{
	buf_release(&r->member);
	*r = (struct warc_reader){ 0 };
}

static struct slice without_brackets(struct slice s)
{
	if (s.n >= 2 && s.p[0] == '<' && s.p[s.n - 1] == '>')
		return slice_sub(s, 1, s.n - 1);
	return s;
}

static void set_field(struct warc_record *w, struct slice name, struct slice value)
{
	if (slice_eq_nocase(name, SLICE("WARC-Type"))) {
		for (size_t t = 1; t < sizeof(type_name) / sizeof(*type_name); t++)
			if (slice_eq_nocase(value, slice_str(type_name[t])))
				w->type = (enum warc_type)t;
	} else if (slice_eq_nocase(name, SLICE("WARC-Record-ID"))) {
		w->id = without_brackets(value);
	} else if (slice_eq_nocase(name, SLICE("WARC-Target-URI"))) {
		w->target_uri = without_brackets(value);
	} else if (slice_eq_nocase(name, SLICE("WARC-Date"))) {
		w->date = value;
	} else if (slice_eq_nocase(name, SLICE("WARC-Truncated"))) {
		w->truncated = value;
	} else if (slice_eq_nocase(name, SLICE("Assay-Vantage"))) {
		w->vantage = value;
	} else if (slice_eq_nocase(name, SLICE("WARC-Refers-To"))) {
		w->refers_to = without_brackets(value);
	} else if (slice_eq_nocase(name, SLICE("WARC-Payload-Digest"))) {
		w->payload_digest = value;
	} else if (slice_eq_nocase(name, SLICE("Content-Type"))) {
		w->content_type = value;
	}
}

/* Decimal, at most 18 digits. */
static bool read_length(struct slice s, uint64_t *out)
{
	*out = 0;
	for (size_t i = 0; i < s.n; i++) {
		if (s.p[i] < '0' || s.p[i] > '9')
			return false;
		*out = *out * 10 + (uint64_t)(s.p[i] - '0');
	}
	return s.n > 0 && s.n <= 18;
}

/* The lines up to the empty one; the date is left as it is written. */
static int read_fields(struct slice s, struct warc_record *w, size_t *block_at, uint64_t *length,
                       struct err *err)
{
	struct slice rest = s, line = { NULL, 0 }, name;
	bool has_length = false, ended = false;

	slice_cut(&rest, '\n', &line);
	if (!slice_starts(line, SLICE("WARC/1.")))
		return err_set(err, ERR_SYNTAX, 0, "warc: no record starts with '%.*s'",
		               line.n > 20 ? 20 : (int)line.n, line.p ? line.p : "");
	while (!ended && slice_cut(&rest, '\n', &line)) {
		struct slice value = line;
		ended = slice_trim(line).n == 0;
		if (ended || ascii_space(line.p[0]) || slice_find(line, ':') == line.n)
			continue; /* a folded line belongs to a field that is not needed here */
		slice_cut(&value, ':', &name);
		value = slice_trim(value);
		set_field(w, name, value);
		if (slice_eq_nocase(name, SLICE("Content-Length")))
			has_length = read_length(value, length);
	}
	if (!ended || !has_length)
		return err_set(err, ERR_SYNTAX, 0, ended ? "warc: no Content-Length"
		                                         : "warc: a record's header never ends");
	*block_at = s.n - rest.n;
	return 0;
}

static int read_date(struct warc_record *w, struct err *err)
{
	int rc = warc_date_parse(w->date, &w->at_ms, err);

	if (rc) {
		err_wrap(err, "warc: WARC-Date");
		return rc;
	}
	w->at = w->at_ms / 1000 - (w->at_ms % 1000 < 0);
	return 0;
}

int warc_read_head(struct slice s, struct warc_record *out, size_t *block_at, uint64_t *length,
                   struct err *err)
{
	struct warc_record w = { 0 };
	int rc = read_fields(s, &w, block_at, length, err);

	if (rc == 0)
		rc = read_date(&w, err);
	if (rc == 0)
		*out = w;
	return rc;
}

/* Read the record at the start of s and set *used to what it takes, also on failure (the bytes up
 * to the next thing that looks like a record). */
static int read_record(struct slice s, size_t limit, struct warc_record *out, size_t *used,
                       struct err *err)
{
	struct warc_record w = { 0 };
	uint64_t length = 0;
	size_t block_at = 0;
	int rc = read_fields(s, &w, &block_at, &length, err);

	if (rc) {
		size_t next = slice_find_slice(slice_sub(s, 1, s.n), SLICE("\nWARC/1."));
		*used = next + 2 < s.n ? next + 2 : s.n;
		return rc;
	}
	struct slice rest = slice_sub(s, block_at, s.n);
	if (length > rest.n) {
		*used = s.n;
		return err_set(err, ERR_SYNTAX, 0,
		               "warc: a block of %llu bytes is cut off after %zu",
		               (unsigned long long)length, rest.n);
	}
	w.block = slice_sub(rest, 0, (size_t)length);
	rest = slice_sub(rest, (size_t)length, rest.n);
	while (rest.n && (rest.p[0] == '\r' || rest.p[0] == '\n'))
		rest = slice_sub(rest, 1, rest.n);
	*used = s.n - rest.n;
	if (length > limit)
		return err_set(err, ERR_LIMIT, 0, "warc: a block of %llu bytes is over %zu",
		               (unsigned long long)length, limit);
	rc = read_date(&w, err);
	if (rc == 0)
		*out = w;
	return rc;
}

/* Behind a damaged member: the next two bytes that start one. */
static size_t next_member(struct slice file, size_t at)
{
	size_t next = slice_find_slice(slice_sub(file, at, file.n), SLICE("\x1f\x8b\x08"));

	return at + next < file.n ? at + next : file.n;
}

static int unpack_member(struct warc_reader *r, struct err *err)
{
	size_t used = 0;
	bool ended = false;
	int rc;

	r->member_at = r->at;
	buf_clear(&r->member);
	rc = inflate_stream(INFLATE_GZIP, slice_sub(r->file, r->at, r->file.n), r->limit, &r->member,
	                    &used, &ended, err);
	r->at = ended ? r->at + used : next_member(r->file, r->at + 1);
	if (rc) {
		err_wrap(err, "warc: record at %zu", r->member_at);
		return rc;
	}
	if (!ended)
		return err_set(err, ERR_SYNTAX, r->member_at,
		               "warc: the gzip member at %zu is damaged or cut off", r->member_at);
	r->inner = buf_slice(&r->member);
	return 0;
}

int warc_next(struct warc_reader *r, struct warc_record *out, struct err *err)
{
	size_t used = 0;
	int rc;

	while (r->inner.n == 0) {
		struct slice left = slice_sub(r->file, r->at, r->file.n);
		if (left.n == 0)
			return 0;
		if (slice_starts(left, SLICE("\x1f\x8b"))) {
			rc = unpack_member(r, err);
			if (rc)
				return rc;
			continue; /* an empty member holds nothing */
		}
		if (left.p[0] == '\r' || left.p[0] == '\n') {
			r->at++;
			continue;
		}
		rc = read_record(left, r->limit, out, &used, err);
		if (rc == 0)
			out->offset = r->at;
		r->at += used;
		return rc == 0 ? 1 : rc;
	}
	rc = read_record(r->inner, r->limit, out, &used, err);
	if (rc == 0)
		out->offset = r->member_at;
	r->inner = slice_sub(r->inner, used, r->inner.n);
	return rc == 0 ? 1 : rc;
}
