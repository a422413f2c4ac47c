/* gmime makes the tree and undoes transfer codings; the outermost header is read by mail_field.
 *
 * gmime recurses into what lies inside and makes an object of each part and field, so a few
 * megabytes could cost it gigabytes or the stack. Hence the look first: a part needs a boundary
 * line and, to hold others, a Content-Type line of its own; a field needs a line with a colon, and
 * a group of addresses (gmime takes groups within groups) one more. */
#include "wire/mail_read.h"

#include "base/utf8.h"
#include "wire/charset.h"
#include "wire/html.h"
#include "wire/mail_address.h"
#include "wire/mail_field.h"

#include <gmime/gmime.h>

#include <string.h>

static int no_memory(struct err *err)
{
	return err_set(err, ERR_NOMEM, 0, "out of memory");
}

/* ---- the look before ---- */

static bool has_nocase(struct slice s, struct slice word)
{
	for (size_t i = 0; i + word.n <= s.n; i++)
		if (slice_eq_nocase(slice_sub(s, i, i + word.n), word))
			return true;
	return false;
}

/* "Name:" at the beginning of a line, as a parser would take it. */
static bool could_be_field(struct slice line)
{
	size_t colon = slice_find(slice_sub(line, 0, 200), ':');

	if (colon == 0 || colon >= line.n || colon >= 200)
		return false;
	for (size_t i = 0; i < colon; i++)
		if (line.p[i] <= 0x20 || line.p[i] >= 0x7f)
			return line.p[i] == ' ' && slice_trim(slice_sub(line, i, colon)).n == 0;
	return true;
}

struct looking {
	size_t boundaries, fields, nesting, groups;
	bool addresses; /* the field that the line belongs to holds addresses */
};

static bool holds_addresses(struct slice line)
{
	static const char *const names[] = { "from", "sender", "reply-to", "to", "cc", "bcc" };
	struct slice name = slice_trim(slice_sub(line, 0, slice_find(line, ':')));

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (slice_eq_nocase(name, slice_str(names[i])))
			return true;
	return false;
}

static void look_at(struct slice line, struct looking *l)
{
	bool folded = line.n && (line.p[0] == ' ' || line.p[0] == '\t');
	bool field = !folded && could_be_field(line);
	struct slice head = slice_sub(line, 0, 200);

	l->boundaries += slice_starts(line, SLICE("--"));
	l->fields += field;
	if (!folded)
		l->addresses = field && holds_addresses(line);
	for (size_t i = 0; l->addresses && i < line.n; i++)
		l->groups += line.p[i] == ':';
	/* Its value may stand in the line below, so each counts that does not say what it is. */
	if (field && slice_eq_nocase(slice_sub(line, 0, 12), SLICE("content-type")) &&
	    !has_nocase(head, SLICE("text/")) && !has_nocase(head, SLICE("image/")))
		l->nesting++;
}

static int look(struct slice bytes, struct err *err)
{
	struct looking l = { 0 };
	struct slice line;

	if (bytes.n > MAIL_READ_BYTES)
		return err_set(err, ERR_LIMIT, 0, "mail: %zu bytes", bytes.n);
	while (slice_cut(&bytes, '\n', &line))
		look_at(line, &l);
	if (l.boundaries > MAIL_READ_BOUNDARIES || l.fields > MAIL_READ_FIELDS ||
	    l.nesting > MAIL_READ_NESTING || l.groups > MAIL_READ_GROUPS)
		return err_set(err, ERR_LIMIT, 0,
		               "mail: %zu lines of boundaries, %zu of fields, %zu parts within "
		               "parts, %zu groups of addresses",
		               l.boundaries, l.fields, l.nesting, l.groups);
	return 0;
}

/* ---- the tree ---- */

struct reading {
	struct arena *a;
	struct mail_read *out;
	struct mail_part *plain, *html; /* chosen for the text */
};

static int lower(struct arena *a, const char *s, struct slice *out, struct err *err)
{
	*out = arena_copy(a, slice_str(s ? s : ""));
	if (!out->p)
		return no_memory(err);
	for (char *p = (char *)(uintptr_t)out->p; *p; p++)
		*p = ascii_lower(*p);
	return 0;
}

static int copy(struct arena *a, const char *s, struct slice *out, struct err *err)
{
	*out = arena_copy(a, slice_str(s ? s : ""));
	return out->p ? 0 : no_memory(err);
}

static int type_of(GMimeObject *object, struct arena *a, struct slice *out, struct err *err)
{
	GMimeContentType *type = g_mime_object_get_content_type(object);
	const char *major = type ? g_mime_content_type_get_media_type(type) : NULL;
	const char *minor = type ? g_mime_content_type_get_media_subtype(type) : NULL;
	char *both = arena_printf(a, "%s/%s", major ? major : "text", minor ? minor : "plain");

	return both ? lower(a, both, out, err) : no_memory(err);
}

static bool is_kept(struct slice type)
{
	static const char *const types[] = { "text/plain", "text/html", "text/rfc822-headers",
		                             "message/delivery-status",
		                             "message/global-delivery-status",
		                             "message/global-headers" };

	for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++)
		if (slice_eq_str(type, types[i]))
			return true;
	return false;
}

static int take_bytes(GMimePart *part, struct arena *a, struct slice *out, struct err *err)
{
	GMimeDataWrapper *content = g_mime_part_get_content(part);
	GByteArray *bytes = g_byte_array_new();
	GMimeStream *stream = g_mime_stream_mem_new_with_byte_array(bytes);
	int rc = 0;

	if (content)
		g_mime_data_wrapper_write_to_stream(content, stream);
	*out = arena_copy(a, slice_from((const char *)bytes->data,
	                                bytes->len > 2 * MAIL_READ_TEXT ? 2 * MAIL_READ_TEXT :
	                                                                  bytes->len));
	if (!out->p)
		rc = no_memory(err);
	g_object_unref(stream);
	return rc;
}

static struct mail_part *new_part(struct reading *r)
{
	if (r->out->part_n == MAIL_READ_PARTS)
		return NULL;
	return &r->out->part[r->out->part_n++];
}

static int take_leaf(struct reading *r, GMimeObject *object, struct err *err)
{
	struct mail_part *part = new_part(r);
	const char *disposition = g_mime_object_get_disposition(object);
	int rc;

	if (!part)
		return 0;
	rc = type_of(object, r->a, &part->type, err);
	if (rc == 0)
		rc = copy(r->a, g_mime_object_get_content_type_parameter(object, "charset"),
		          &part->charset, err);
	part->attachment =
		disposition && slice_eq_nocase(slice_str(disposition), SLICE("attachment"));
	if (rc == 0 && GMIME_IS_PART(object) && is_kept(part->type))
		rc = take_bytes(GMIME_PART(object), r->a, &part->bytes, err);
	if (rc || part->attachment)
		return rc;
	if (!r->plain && slice_eq_str(part->type, "text/plain"))
		r->plain = part;
	if (!r->html && slice_eq_str(part->type, "text/html"))
		r->html = part;
	return 0;
}

/* Of a message inside only its header is kept: it is not what this mail says. */
static int take_message(struct reading *r, GMimeMessagePart *object, struct err *err)
{
	GMimeMessage *message = g_mime_message_part_get_message(object);
	struct mail_part *part = new_part(r);
	int rc;

	if (!part)
		return 0;
	rc = type_of(GMIME_OBJECT(object), r->a, &part->type, err);
	part->attachment = true;
	if (rc == 0 && message) {
		char *header = g_mime_object_get_headers(GMIME_OBJECT(message), NULL);
		rc = copy(r->a, header, &part->bytes, err);
		g_free(header);
	}
	return rc;
}

static int take(struct reading *r, GMimeObject *object, struct err *err)
{
	int rc = 0;

	if (GMIME_IS_MESSAGE_PART(object))
		return take_message(r, GMIME_MESSAGE_PART(object), err);
	if (!GMIME_IS_MULTIPART(object))
		return take_leaf(r, object, err);
	/* No deeper than MAIL_READ_NESTING. */
	int n = g_mime_multipart_get_count(GMIME_MULTIPART(object));
	for (int i = 0; rc == 0 && i < n; i++)
		rc = take(r, g_mime_multipart_get_part(GMIME_MULTIPART(object), i), err);
	return rc;
}

/* ---- text ---- */

static int as_lines(struct slice s, struct arena *a, struct slice *out, struct err *err)
{
	char *text = arena_alloc(a, s.n + 1);
	size_t n = 0;

	if (!text)
		return no_memory(err);
	for (size_t i = 0; i < s.n; i++) {
		if (s.p[i] == '\r' && i + 1 < s.n && s.p[i + 1] == '\n')
			continue;
		text[n++] = s.p[i] == '\r' ? '\n' : s.p[i] ? s.p[i] : ' ';
	}
	*out = slice_from(text, n);
	return 0;
}

static struct slice cut_text(struct slice s)
{
	if (s.n <= MAIL_READ_TEXT)
		return s;
	s.n = MAIL_READ_TEXT;
	while (s.n && ((unsigned char)s.p[s.n] & 0xc0) == 0x80)
		s.n--;
	return s;
}

static int plain_text(const struct mail_part *p, struct arena *a, struct slice *out,
                      struct err *err)
{
	enum charset c = charset_of_label(p->charset);
	struct slice text;

	/* "us-ascii" is windows-1252 to the standard; much that says so is UTF-8. */
	if (c == CHARSET_NONE || c == CHARSET_WINDOWS_1252)
		c = utf8_valid(p->bytes, NULL) ? CHARSET_UTF_8 : CHARSET_WINDOWS_1252;
	int rc = charset_decode(c, p->bytes, 8 * MAIL_READ_TEXT, a, &text, err);
	return rc ? rc : as_lines(cut_text(text), a, out, err);
}

static int html_part_text(const struct mail_part *p, struct arena *a, struct slice *out,
                          struct err *err)
{
	struct page_text page;
	struct err why = { 0 };
	char *type = arena_printf(a, "text/html; charset=%.*s", SLICE_ARG(p->charset));

	if (!type)
		return no_memory(err);
	int rc = html_text(p->bytes, p->charset.n ? slice_str(type) : SLICE("text/html"), NULL, a,
	                   &page, &why);
	if (rc == ERR_NOMEM)
		return no_memory(err);
	/* Bytes that are no HTML say nothing. */
	*out = rc ? SLICE("") : cut_text(page.text);
	return 0;
}

static int choose_text(struct reading *r, struct err *err)
{
	struct mail_read *out = r->out;
	int rc = 0;

	if (r->plain)
		rc = plain_text(r->plain, r->a, &out->text, err);
	if (rc || slice_trim(out->text).n || !r->html)
		return rc;
	out->text_of_html = true;
	return html_part_text(r->html, r->a, &out->text, err);
}

/* ---- the outermost header ---- */

/* The address of "Desk (abuse) <Abuse@Registrar.example>" or of a bare one. */
static int take_from(struct slice line, struct arena *a, struct slice *out, struct err *err)
{
	struct mail_address address;
	size_t open = line.n, end;

	for (size_t i = line.n; i-- > 0;)
		if (line.p[i] == '<') {
			open = i;
			break;
		}
	struct slice word = line;
	if (open < line.n) {
		word = slice_sub(line, open + 1, line.n);
		end = slice_find(word, '>');
		word = slice_sub(word, 0, end);
	} else {
		word = slice_sub(word, 0, slice_find(word, ' '));
	}
	*out = SLICE("");
	if (mail_address_parse(slice_trim(word), &address, NULL))
		return 0;
	*out = arena_copy(a, mail_address_slice(&address));
	return out->p ? 0 : no_memory(err);
}

static bool is_answered(const struct mail_read *m, struct slice id)
{
	for (size_t i = 0; i < m->answers_n; i++)
		if (slice_eq(m->answers[i], id))
			return true;
	return false;
}

/* The last of them are the nearest; at most half of the room. */
static void take_ids(struct slice value, struct mail_read *m)
{
	struct slice last[MAIL_READ_IDS / 2], id;
	size_t n = 0, cap = sizeof(last) / sizeof(last[0]);

	while (mail_field_id_cut(&value, &id))
		last[n++ % cap] = id;
	for (size_t i = n; i-- > (n > cap ? n - cap : 0);)
		if (!is_answered(m, last[i % cap]))
			m->answers[m->answers_n++] = last[i % cap];
}

static int64_t date_of(struct slice value, struct arena *a)
{
	struct slice line = arena_copy(a, slice_sub(value, 0, 200));
	GDateTime *date = line.p ? g_mime_utils_header_decode_date(line.p) : NULL;
	int64_t at = INT64_MIN;

	if (date) {
		at = g_date_time_to_unix(date);
		g_date_time_unref(date);
	}
	return at;
}

/* "auto-replied; owner-email=..." -> "auto-replied"; "no" is nothing. */
static int take_keyword(struct slice value, struct arena *a, struct slice *out, struct err *err)
{
	struct slice line;
	int rc = mail_field_text(slice_sub(value, 0, slice_find(value, ';')), a, &line, err);

	if (rc)
		return rc;
	line.n = slice_find(line, ' ');
	const char *word = arena_printf(a, "%.*s", SLICE_ARG(line));
	rc = word ? lower(a, word, out, err) : no_memory(err);
	if (rc == 0 && slice_eq_str(*out, "no"))
		*out = SLICE("");
	return rc;
}

static int take_header(struct arena *a, struct mail_read *m, struct err *err)
{
	struct slice id, path = mail_field_find(m->header, "return-path");
	struct slice value = mail_field_find(m->header, "message-id");
	int rc = mail_field_text(mail_field_find(m->header, "from"), a, &m->from_line, err);

	m->null_sender = path.p && slice_eq_str(slice_trim(path), "<>");
	if (rc == 0)
		rc = take_from(m->from_line, a, &m->from, err);
	if (rc == 0)
		rc = mail_field_text(mail_field_find(m->header, "subject"), a, &m->subject, err);
	if (rc == 0)
		rc = take_keyword(mail_field_find(m->header, "auto-submitted"), a,
		                  &m->auto_submitted, err);
	m->answers = arena_array(a, MAIL_READ_IDS, sizeof(*m->answers));
	if (rc || !m->answers)
		return rc ? rc : no_memory(err);
	if (mail_field_id_cut(&value, &id))
		m->message_id = id;
	take_ids(mail_field_find(m->header, "in-reply-to"), m);
	take_ids(mail_field_find(m->header, "references"), m);
	m->date = date_of(mail_field_find(m->header, "date"), a);
	return 0;
}

/* ---- the whole ---- */

static GMimeObject *parse(struct slice bytes)
{
	GMimeStream *stream = g_mime_stream_mem_new_with_buffer(bytes.p, bytes.n);
	GMimeParser *parser = g_mime_parser_new_with_stream(stream);
	GMimeObject *top;

	g_mime_parser_set_format(parser, GMIME_FORMAT_MESSAGE);
	top = g_mime_parser_construct_part(parser, NULL);
	g_object_unref(parser);
	g_object_unref(stream);
	return top;
}

static int read_tree(GMimeObject *top, struct arena *a, struct mail_read *m, struct err *err)
{
	struct reading r = { .a = a, .out = m };
	int rc = type_of(top, a, &m->type, err);

	m->part = arena_array(a, MAIL_READ_PARTS, sizeof(*m->part));
	if (rc || !m->part)
		return rc ? rc : no_memory(err);
	rc = lower(a, g_mime_object_get_content_type_parameter(top, "report-type"), &m->report,
	           err);
	if (rc == 0)
		rc = take(&r, top, err);
	return rc ? rc : choose_text(&r, err);
}

int mail_read(struct slice bytes, struct arena *a, struct mail_read *out, struct err *err)
{
	struct mail_read m = { .date = INT64_MIN };
	struct slice line, name, value, rest;
	int rc = look(bytes, err);

	if (rc)
		return rc;
	/* What a mailbox in one file puts before each. */
	if (slice_starts(bytes, SLICE("From ")))
		slice_cut(&bytes, '\n', &line);
	rest = bytes;
	if (mail_block_cut(&rest, &m.header)) {
		struct slice fields = m.header;
		if (!mail_field_cut(&fields, &name, &value))
			m.header = SLICE("");
	}
	if (m.header.n == 0)
		return err_set(err, ERR_SYNTAX, 0, "mail: no header");
	g_mime_init();
	rc = take_header(a, &m, err);
	if (rc)
		return rc;
	GMimeObject *top = parse(bytes);
	if (!top)
		return err_set(err, ERR_SYNTAX, 0, "mail: no mail");
	rc = read_tree(top, a, &m, err);
	g_object_unref(top);
	if (rc == 0)
		*out = m;
	return rc;
}
