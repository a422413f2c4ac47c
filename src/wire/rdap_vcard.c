#include "wire/rdap_vcard.h"

#include "base/utf8.h"

enum {
	PROPERTIES_MAX = 64, /* of one card */
	LINES_MAX = 8,       /* of a street */
};

struct slice rdap_text(struct slice s, struct arena *a)
{
	struct slice cut = slice_trim(s);
	size_t at = 0;

	while (at < cut.n) {
		size_t next = at;
		utf8_next(cut, &next);
		if (next > RDAP_TEXT_MAX)
			break;
		at = next;
	}
	cut.n = at;
	struct slice copy = arena_copy(a, cut);
	if (!copy.p)
		return copy;
	char *p = (char *)(uintptr_t)copy.p; /* ours: just made */
	for (size_t i = 0; i < copy.n; i++)
		if ((unsigned char)p[i] < 0x20 || p[i] == 0x7f)
			p[i] = ' ';
	return slice_trim(copy);
}

static int no_memory(struct err *err)
{
	return err_set(err, ERR_NOMEM, 0, "rdap: no memory");
}

static int take(struct slice s, struct arena *a, struct slice *out, struct err *err)
{
	if (out->n || !slice_trim(s).n)
		return 0;
	struct slice text = rdap_text(s, a);
	if (!text.p)
		return no_memory(err);
	*out = text;
	return 0;
}

/* A value that is a text, or the texts of a list, joined by ", ". */
static int take_joined(const json_t *value, struct arena *a, struct slice *out, struct err *err)
{
	struct buf text = { 0 };
	size_t n = json_is_array(value) ? json_array_size(value) : 1;
	int rc = 0;

	for (size_t i = 0; i < n && i < LINES_MAX; i++) {
		struct slice part = slice_trim(
			json_text(json_is_array(value) ? json_array_get(value, i) : value));
		if (!part.n)
			continue;
		if (text.n)
			buf_puts(&text, ", ");
		buf_put(&text, part);
	}
	rc = buf_ok(&text) ? take(buf_slice(&text), a, out, err) : no_memory(err);
	buf_release(&text);
	return rc;
}

/* RFC 6350 6.3.1: post office box, extended address, street, locality, region, code, country. */
static int take_address(const json_t *property, struct arena *a, struct contact_card *out,
                        struct err *err)
{
	const json_t *value = json_array_get(property, 3),
		     *parameters = json_array_get(property, 1);
	struct {
		size_t at;
		struct slice *part;
	} parts[] = { { 2, &out->street },
		      { 3, &out->city },
		      { 4, &out->region },
		      { 5, &out->postcode },
		      { 6, &out->country } };
	int rc = take(json_str(parameters, "cc"), a, &out->country, err);

	if (rc == 0)
		rc = take(json_str(parameters, "CC"), a, &out->country, err);
	/* RFC 7095 3.3.1.3: an address without structure is its label. */
	if (rc == 0)
		rc = take(json_str(parameters, "label"), a, &out->street, err);
	for (size_t i = 0; rc == 0 && json_is_array(value) && i < sizeof(parts) / sizeof(parts[0]);
	     i++)
		rc = take_joined(json_array_get(value, parts[i].at), a, parts[i].part, err);
	return rc;
}

static bool has_type(const json_t *parameters, const char *type)
{
	const json_t *t = json_object_get(parameters, "type");
	size_t n = json_is_array(t) ? json_array_size(t) : 1;

	for (size_t i = 0; i < n; i++)
		if (slice_eq_nocase(json_text(json_is_array(t) ? json_array_get(t, i) : t),
		                    slice_str(type)))
			return true;
	return false;
}

static int take_listed(struct slice s, struct slice *list, size_t *n, struct arena *a,
                       struct err *err)
{
	s = slice_trim(s);
	if (!s.n || *n == CARD_LIST_MAX)
		return 0;
	list[*n] = (struct slice){ 0 };
	int rc = take(s, a, &list[*n], err);
	*n += rc == 0 && list[*n].n;
	return rc;
}

static int take_property(const json_t *property, struct arena *a, struct contact_card *out,
                         struct err *err)
{
	struct slice name = json_text(json_array_get(property, 0));
	const json_t *parameters = json_array_get(property, 1),
		     *value = json_array_get(property, 3);
	struct slice text = json_text(value);

	if (slice_eq_nocase(name, SLICE("fn")))
		return take(text, a, &out->name, err);
	if (slice_eq_nocase(name, SLICE("org")))
		return take_joined(value, a, &out->organisation, err);
	if (slice_eq_nocase(name, SLICE("adr")))
		return take_address(property, a, out, err);
	if (slice_eq_nocase(name, SLICE("url")) || slice_eq_nocase(name, SLICE("contact-uri")))
		return take(text, a, &out->url, err);
	if (slice_eq_nocase(name, SLICE("email"))) {
		if (slice_starts(text, SLICE("mailto:")))
			text = slice_sub(text, 7, text.n);
		return take_listed(text, out->mail, &out->mail_n, a, err);
	}
	if (slice_eq_nocase(name, SLICE("tel")) &&
	    (!has_type(parameters, "fax") || has_type(parameters, "voice"))) {
		if (slice_starts(text, SLICE("tel:")))
			text = slice_sub(text, 4, text.n);
		return take_listed(text, out->phone, &out->phone_n, a, err);
	}
	return 0;
}

int rdap_vcard_read(const json_t *vcard_array, struct arena *a, struct contact_card *out,
                    struct err *err)
{
	const json_t *properties = json_array_get(vcard_array, 1);
	struct contact_card card = { 0 };

	for (size_t i = 0; i < json_array_size(properties) && i < PROPERTIES_MAX; i++) {
		int rc = take_property(json_array_get(properties, i), a, &card, err);
		if (rc)
			return rc;
	}
	*out = card;
	return 0;
}
