/* gmime folds and encodes; what it is given was looked at first, so that no value can end its line.
 * The subject is encoded here: gmime 3.2 writes encoded-words of more than the 75 characters that
 * RFC 2047 section 2 allows. */
#include "wire/mail.h"

#include "base/base64.h"
#include "base/sha256.h"
#include "base/utf8.h"
#include "wire/mail_address.h"

#include <gmime/gmime.h>

struct texts {
	char *from, *reply_to, *to, *name, *subject, *id, *language; /* NUL-terminated */
};

static bool is_one_line(struct slice s)
{
	for (size_t at = 0; at < s.n;)
		if (utf8_is_steering(utf8_next(s, &at)))
			return false;
	return utf8_valid(s, NULL);
}

static int check_address(const char *what, struct slice s, struct err *err)
{
	struct mail_address a;
	int rc = mail_address_parse(s, &a, err);

	if (rc == 0 && !slice_eq(mail_address_slice(&a), s))
		rc = err_set(err, ERR_SYNTAX, 0, "an address that is not written with A-labels");
	if (rc)
		err_wrap(err, "mail: %s", what);
	return rc;
}

/* Of a Message-ID and a language tag: dot-atoms and "@" alone. */
static bool is_word(struct slice s)
{
	for (size_t i = 0; i < s.n; i++)
		if (!((s.p[i] >= 'a' && s.p[i] <= 'z') || (s.p[i] >= 'A' && s.p[i] <= 'Z') ||
		      (s.p[i] >= '0' && s.p[i] <= '9') || s.p[i] == '.' || s.p[i] == '-' ||
		      s.p[i] == '@'))
			return false;
	return s.n < 200;
}

static bool is_file_name(struct slice s)
{
	for (size_t i = 0; i < s.n; i++)
		if (!((s.p[i] >= 'a' && s.p[i] <= 'z') || (s.p[i] >= 'A' && s.p[i] <= 'Z') ||
		      (s.p[i] >= '0' && s.p[i] <= '9') || s.p[i] == '.' || s.p[i] == '-' ||
		      s.p[i] == '_'))
			return false;
	return s.n > 0 && s.n <= 60 && s.p[0] != '.';
}

/* RFC 6838 4.2: two restricted names. */
static bool is_media_type(struct slice s)
{
	size_t slashes = 0;

	for (size_t i = 0; i < s.n; i++) {
		char c = s.p[i];
		slashes += c == '/';
		if (!((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '/' || c == '.' ||
		      c == '+' || c == '-'))
			return false;
	}
	return slashes == 1 && s.n <= 100 && s.p[0] != '/' && s.p[s.n - 1] != '/';
}

/* Lines of ASCII that begin with a capital letter, each at most 998 bytes and ended by LF. */
static bool is_fields(struct slice s)
{
	size_t line = 0;

	for (size_t i = 0; i < s.n; i++) {
		if (s.p[i] == '\n' ? line == 0 : s.p[i] < ' ' || s.p[i] > '~')
			return false;
		if (line == 0 && !(s.p[i] >= 'A' && s.p[i] <= 'Z'))
			return false;
		line = s.p[i] == '\n' ? 0 : line + 1;
		if (line > 998)
			return false;
	}
	return s.n > 0 && line == 0;
}

static int check_parts(const struct mail *m, struct err *err)
{
	size_t bytes = 0;

	for (size_t i = 0; i < m->attachment_n; i++) {
		const struct mail_attachment *a = &m->attachment[i];
		if (!is_file_name(a->name) || !is_media_type(a->media_type))
			return err_set(err, ERR_SYNTAX, i,
			               "mail: attachment %zu has no name or no media type", i + 1);
		if (a->bytes.n > MAIL_ATTACHMENT_MAX - bytes)
			return err_set(err, ERR_LIMIT, i, "mail: attachments of more than %d bytes",
			               (int)MAIL_ATTACHMENT_MAX);
		bytes += a->bytes.n;
	}
	if (m->attachment_n > MAIL_ATTACHMENTS_MAX || m->reference_n > MAIL_REFERENCES_MAX)
		return err_set(err, ERR_LIMIT, 0, "mail: %zu attachments, %zu references",
		               m->attachment_n, m->reference_n);
	if (m->report && (m->attachment_n || !is_fields(m->report->fields) ||
	                  !is_fields(m->report->headers)))
		return err_set(err, ERR_SYNTAX, 0,
		               "mail: a report beside attachments, or not of lines of ASCII");
	return 0;
}

static int check(const struct mail *m, struct err *err)
{
	int rc = check_address("from", m->from, err);

	if (rc == 0)
		rc = check_address("to", m->to, err);
	if (rc == 0 && m->reply_to.n)
		rc = check_address("reply_to", m->reply_to, err);
	if (rc)
		return rc;
	if (m->subject.n > MAIL_SUBJECT_MAX || m->from_name.n > MAIL_SUBJECT_MAX ||
	    m->text.n > MAIL_TEXT_MAX)
		return err_set(err, ERR_LIMIT, 0, "mail: a subject of %zu and a text of %zu bytes",
		               m->subject.n, m->text.n);
	if (!is_one_line(m->subject) || !is_one_line(m->from_name))
		return err_set(err, ERR_SYNTAX, 0, "mail: a header holds a control character");
	if (!is_word(m->message_id) || !m->message_id.n || !is_word(m->language))
		return err_set(err, ERR_SYNTAX, 0,
		               "mail: no Message-ID, or one with other characters");
	for (size_t i = 0; i < m->reference_n; i++)
		if (!is_word(m->reference[i]) || !m->reference[i].n)
			return err_set(err, ERR_SYNTAX, i, "mail: a reference that is no Message-ID");
	if (!is_word(m->in_reply_to))
		return err_set(err, ERR_SYNTAX, 0, "mail: an answer to what is no Message-ID");
	if (!utf8_valid(m->text, NULL) || slice_find(m->text, '\0') < m->text.n ||
	    slice_find(m->text, '\r') < m->text.n)
		return err_set(err, ERR_SYNTAX, 0,
		               "mail: the text is not UTF-8 with lines ended by LF");
	return check_parts(m, err);
}

enum { WORD_BYTES = 39 }; /* of a subject in one encoded-word: a line of 9 + 12 + 52 characters */

/* " =?UTF-8?B?...?=" a line, cut between characters. */
static void put_encoded(struct slice s, struct buf *out)
{
	for (size_t at = 0; at < s.n;) {
		size_t end = at, next = at;
		while (next < s.n) {
			utf8_next(s, &next);
			if (next - at > WORD_BYTES)
				break;
			end = next;
		}
		buf_puts(out, at ? "\n =?UTF-8?B?" : " =?UTF-8?B?");
		base64_encode(slice_sub(s, at, end), out);
		buf_puts(out, "?=");
		at = end;
	}
	buf_putc(out, '\n');
}

static void set_subject(GMimeMessage *message, const char *subject)
{
	GMimeHeaderList *list = g_mime_object_get_header_list(GMIME_OBJECT(message));
	struct slice s = slice_str(subject);
	struct buf raw = { 0 };
	bool plain = s.n > 0 && s.n <= 60 && slice_find_slice(s, SLICE("=?")) == s.n;

	g_mime_message_set_subject(message, subject, "utf-8");
	for (size_t i = 0; i < s.n; i++)
		plain = plain && s.p[i] >= 0x20 && s.p[i] < 0x7f;
	GMimeHeader *header = g_mime_header_list_get_header(list, "Subject");
	if (!plain && header) {
		put_encoded(s, &raw);
		g_mime_header_set_raw_value(header, buf_str(&raw));
	}
	buf_release(&raw);
}

static void set_content(GMimePart *part, struct slice bytes, GMimeContentEncoding encoding)
{
	GMimeStream *stream = g_mime_stream_mem_new_with_buffer(bytes.n ? bytes.p : "", bytes.n);
	GMimeDataWrapper *content =
		g_mime_data_wrapper_new_with_stream(stream, GMIME_CONTENT_ENCODING_DEFAULT);

	g_mime_part_set_content(part, content);
	g_mime_part_set_content_encoding(part, encoding);
	g_object_unref(content);
	g_object_unref(stream);
}

static GMimeTextPart *make_part(const struct mail *m, const char *language)
{
	GMimeTextPart *part = g_mime_text_part_new_with_subtype("plain");

	g_mime_text_part_set_charset(part, "utf-8");
	set_content(GMIME_PART(part), m->text, GMIME_CONTENT_ENCODING_DEFAULT);
	g_mime_part_set_content_encoding(GMIME_PART(part),
	                                 g_mime_part_get_best_content_encoding(
						 GMIME_PART(part), GMIME_ENCODING_CONSTRAINT_7BIT));
	if (*language)
		g_mime_object_set_header(GMIME_OBJECT(part), "Content-Language", language, NULL);
	return part;
}

static void add_part(GMimeMultipart *into, const char *type, struct slice bytes,
                     GMimeContentEncoding encoding, const char *name)
{
	const char *slash = strchr(type, '/');
	char *main_type = g_strndup(type, (size_t)(slash - type));
	GMimePart *part = g_mime_part_new_with_type(main_type, slash + 1);

	set_content(part, bytes, encoding);
	if (name) {
		g_mime_object_set_disposition(GMIME_OBJECT(part), "attachment");
		g_mime_part_set_filename(part, name);
	}
	g_mime_multipart_add(into, GMIME_OBJECT(part));
	g_object_unref(part);
	g_free(main_type);
}

/* gmime would take a random one. This one is of the message itself, and can stand in no part: a line of
 * quoted-printable holds no "=_", one of base64 no '_', and fields begin with a capital letter. */
static void set_boundary(GMimeMultipart *parts, const struct mail *m)
{
	struct sha256_stream *h = sha256_new();
	char hex[SHA256_HEX], boundary[40];

	if (h) {
		sha256_add(h, m->message_id);
		sha256_add(h, m->text);
	}
	sha256_hex(h ? sha256_end(h) : (struct sha256){ { 0 } }, hex);
	g_snprintf(boundary, sizeof(boundary), "=_%.32s", hex);
	g_mime_multipart_set_boundary(parts, boundary);
}

/* The text, and what stands beside it. */
static GMimeObject *make_body(const struct mail *m, const char *language)
{
	GMimeTextPart *text = make_part(m, language);
	GMimeMultipart *parts;

	if (!m->attachment_n && !m->report)
		return GMIME_OBJECT(text);
	parts = g_mime_multipart_new_with_subtype(m->report ? "report" : "mixed");
	set_boundary(parts, m);
	g_mime_multipart_add(parts, GMIME_OBJECT(text));
	g_object_unref(text);
	if (m->report) {
		g_mime_object_set_content_type_parameter(GMIME_OBJECT(parts), "report-type",
		                                         "feedback-report");
		add_part(parts, "message/feedback-report", m->report->fields,
		         GMIME_CONTENT_ENCODING_7BIT, NULL);
		add_part(parts, "text/rfc822-headers", m->report->headers,
		         GMIME_CONTENT_ENCODING_7BIT, NULL);
	}
	for (size_t i = 0; i < m->attachment_n; i++) {
		const struct mail_attachment *a = &m->attachment[i];
		char *type = g_strndup(a->media_type.p, a->media_type.n);
		char *name = g_strndup(a->name.p, a->name.n);
		add_part(parts, type, a->bytes, GMIME_CONTENT_ENCODING_BASE64, name);
		g_free(type);
		g_free(name);
	}
	return GMIME_OBJECT(parts);
}

/* RFC 5322 3.6.4; one a line, so that no line is long. */
static void set_thread(GMimeMessage *message, const struct mail *m)
{
	GMimeHeaderList *list = g_mime_object_get_header_list(GMIME_OBJECT(message));
	struct buf ids = { 0 };

	if (m->in_reply_to.n) {
		buf_printf(&ids, "<%.*s>", SLICE_ARG(m->in_reply_to));
		g_mime_object_set_header(GMIME_OBJECT(message), "In-Reply-To", buf_str(&ids), NULL);
	}
	buf_clear(&ids);
	for (size_t i = 0; i < m->reference_n; i++)
		buf_printf(&ids, "%s<%.*s>\n", i ? "\t" : " ", SLICE_ARG(m->reference[i]));
	if (m->reference_n) {
		g_mime_object_set_header(GMIME_OBJECT(message), "References", "-", NULL);
		GMimeHeader *header = g_mime_header_list_get_header(list, "References");
		if (header)
			g_mime_header_set_raw_value(header, buf_str(&ids));
	}
	buf_release(&ids);
}

/* gmime ends the program where there is no memory, as all of glib does; nothing here can fail. */
static GMimeMessage *make_message(const struct mail *m, const struct texts *t)
{
	GMimeMessage *message = g_mime_message_new(TRUE);
	GMimeObject *body = make_body(m, t->language);
	GDateTime *date = g_date_time_new_from_unix_utc(m->at);

	g_mime_message_add_mailbox(message, GMIME_ADDRESS_TYPE_FROM, *t->name ? t->name : NULL,
	                           t->from);
	g_mime_message_add_mailbox(message, GMIME_ADDRESS_TYPE_TO, NULL, t->to);
	if (*t->reply_to)
		g_mime_message_add_mailbox(message, GMIME_ADDRESS_TYPE_REPLY_TO, NULL, t->reply_to);
	set_subject(message, t->subject);
	g_mime_message_set_message_id(message, t->id);
	if (date)
		g_mime_message_set_date(message, date);
	set_thread(message, m);
	g_mime_object_set_header(GMIME_OBJECT(message), "Auto-Submitted", "auto-generated", NULL);
	g_mime_message_set_mime_part(message, body);
	if (date)
		g_date_time_unref(date);
	g_object_unref(body);
	return message;
}

int mail_compose(const struct mail *m, struct buf *out, struct err *err)
{
	int rc = check(m, err);

	if (rc)
		return rc;
	g_mime_init();
	struct texts t = {
		.from = g_strndup(m->from.p, m->from.n),
		.reply_to = g_strndup(m->reply_to.n ? m->reply_to.p : "", m->reply_to.n),
		.to = g_strndup(m->to.p, m->to.n),
		.name = g_strndup(m->from_name.n ? m->from_name.p : "", m->from_name.n),
		.subject = g_strndup(m->subject.n ? m->subject.p : "", m->subject.n),
		.id = g_strndup(m->message_id.p, m->message_id.n),
		.language = g_strndup(m->language.n ? m->language.p : "", m->language.n),
	};
	GMimeMessage *message = make_message(m, &t);
	GMimeFormatOptions *format = g_mime_format_options_new();
	GByteArray *bytes = g_byte_array_new();
	GMimeStream *stream = g_mime_stream_mem_new_with_byte_array(bytes);

	g_mime_format_options_set_newline_format(format, GMIME_NEWLINE_FORMAT_DOS);
	if (g_mime_object_write_to_stream(GMIME_OBJECT(message), format, stream) < 0)
		rc = err_set(err, ERR_NOMEM, 0, "mail: it cannot be written");
	else
		buf_put(out, slice_from((const char *)bytes->data, bytes->len));
	g_object_unref(stream);
	g_mime_format_options_free(format);
	g_object_unref(message);
	g_free(t.from);
	g_free(t.reply_to);
	g_free(t.to);
	g_free(t.name);
	g_free(t.subject);
	g_free(t.id);
	g_free(t.language);
	if (rc == 0 && !buf_ok(out))
		rc = err_set(err, ERR_NOMEM, 0, "out of memory");
	return rc;
}
