/* Tokens, then statements: those that surely run are looked at, the others passed over. What is not
 * understood is passed over too, up to the end of its statement. */
#include "wire/redirect.h"

#include "base/base64.h"
#include "base/utf8.h"
#include "wire/script_token.h"

enum { NESTED = 32, TEXT_IN_TEXT = 3, NAMES = 6, VALUE_DEPTH = 16 };

/* ---- declarative refresh ---- */

bool refresh_parse(struct slice value, struct refresh *out)
{
	struct slice s = value;
	uint64_t seconds = 0;
	size_t i = 0;

	while (i < s.n && ascii_space(s.p[i]))
		i++;
	if (i == s.n || (s.p[i] != '.' && (s.p[i] < '0' || s.p[i] > '9')))
		return false;
	for (; i < s.n && s.p[i] >= '0' && s.p[i] <= '9'; i++) {
		seconds = seconds * 10 + (uint64_t)(s.p[i] - '0');
		if (seconds > UINT32_MAX)
			seconds = UINT32_MAX;
	}
	while (i < s.n && ((s.p[i] >= '0' && s.p[i] <= '9') || s.p[i] == '.'))
		i++;
	if (i < s.n && s.p[i] != ';' && s.p[i] != ',' && !ascii_space(s.p[i]))
		return false;
	while (i < s.n && ascii_space(s.p[i]))
		i++;
	if (i < s.n && (s.p[i] == ';' || s.p[i] == ','))
		i++;
	while (i < s.n && ascii_space(s.p[i]))
		i++;
	struct slice url = slice_sub(s, i, s.n);
	bool quotes = true;
	if (url.n && ascii_lower(url.p[0]) == 'u') {
		size_t k = 3;
		quotes = slice_eq_nocase(slice_sub(url, 0, 3), SLICE("url"));
		while (quotes && k < url.n && ascii_space(url.p[k]))
			k++;
		quotes = quotes && k < url.n && url.p[k] == '=';
		if (quotes) {
			for (k++; k < url.n && ascii_space(url.p[k]);)
				k++;
			url = slice_sub(url, k, url.n);
		}
	}
	if (quotes && url.n && (url.p[0] == '"' || url.p[0] == '\'')) {
		struct slice inside = slice_sub(url, 1, url.n);
		url = slice_sub(inside, 0, slice_find(inside, url.p[0]));
	}
	*out = (struct refresh){ (uint32_t)seconds, slice_trim(url) };
	return true;
}

/* ---- values ---- */

struct reader {
	const struct tokens *t;
	struct arena *a;
	struct script_redirect *out;
	unsigned text; /* how many texts given to setTimeout we are in */
	bool no_memory;
};

static bool value_of(struct reader *r, size_t *i, struct buf *out, unsigned depth);

/* What unescape and atob give are code units of 8 bits. */
static void put_latin1(struct buf *out, unsigned char c)
{
	char utf8[4];

	buf_put(out, slice_from(utf8, utf8_encode(c, utf8)));
}

static int hex_pair(struct slice s, size_t at, size_t n)
{
	int v = 0;

	if (at + n > s.n)
		return -1;
	for (size_t k = 0; k < n; k++) {
		char c = ascii_lower(s.p[at + k]);
		int d = c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
		if (d < 0)
			return -1;
		v = v * 16 + d;
	}
	return v;
}

static bool decode_uri(struct slice s, struct buf *out)
{
	for (size_t i = 0; i < s.n; i++) {
		int v = s.p[i] == '%' ? hex_pair(s, i + 1, 2) : -1;
		if (s.p[i] == '%' && v < 0)
			return false;
		buf_putc(out, v < 0 ? s.p[i] : (char)v);
		i += v < 0 ? 0 : 2;
	}
	return utf8_valid(buf_slice(out), NULL);
}

static void undo_escape(struct slice s, struct buf *out)
{
	char utf8[4];

	for (size_t i = 0; i < s.n; i++) {
		bool wide = i + 1 < s.n && s.p[i] == '%' && s.p[i + 1] == 'u';
		int v = s.p[i] != '%' ? -1 : wide ? hex_pair(s, i + 2, 4) : hex_pair(s, i + 1, 2);
		if (v < 0) {
			buf_putc(out, s.p[i]);
			continue;
		}
		buf_put(out, slice_from(utf8, utf8_encode((uint32_t)v, utf8)));
		i += wide ? 5 : 2;
	}
}

static bool from_base64(struct slice s, struct buf *out)
{
	struct buf padded = { 0 }, bytes = { 0 };

	for (size_t i = 0; i < s.n; i++)
		if (!ascii_space(s.p[i]))
			buf_putc(&padded, s.p[i]);
	while (padded.n % 4)
		buf_putc(&padded, '=');
	bool ok = base64_decode(buf_slice(&padded), &bytes, NULL) == 0;
	for (size_t i = 0; ok && i < bytes.n; i++)
		put_latin1(out, (unsigned char)bytes.p[i]);
	buf_release(&padded);
	buf_release(&bytes);
	return ok;
}

static bool decode(struct slice how, struct slice s, struct buf *out)
{
	if (slice_eq_str(how, "atob"))
		return from_base64(s, out);
	if (slice_eq_str(how, "unescape"))
		undo_escape(s, out);
	else if (slice_eq_str(how, "String"))
		buf_put(out, s);
	else
		return decode_uri(s, out);
	return true;
}

static bool is_decoder(struct slice s)
{
	return slice_eq_str(s, "decodeURIComponent") || slice_eq_str(s, "decodeURI") ||
	       slice_eq_str(s, "unescape") || slice_eq_str(s, "atob") || slice_eq_str(s, "String");
}

/* A literal, a value in brackets, or a decoder of one; *i moves behind it. */
static bool operand_of(struct reader *r, size_t *i, struct buf *out, unsigned depth)
{
	const struct tokens *t = r->t;
	struct slice how = { 0 };
	size_t at = *i;

	if (at >= t->n || depth > VALUE_DEPTH)
		return false;
	if (t->token[at].kind == TOKEN_STRING) {
		token_string(t, at, out);
		*i = at + 1;
		return out->n <= REDIRECT_TARGET_MAX * 4u;
	}
	if (token_is(t, at, "window") && token_is(t, at + 1, "."))
		at += 2;
	if (at < t->n && t->token[at].kind == TOKEN_NAME && is_decoder(token_text(t, at)))
		how = token_text(t, at++);
	if (!token_is(t, at, "("))
		return false;
	size_t end = t->token[at].match;
	struct buf inner = { 0 };
	at++;
	bool ok = value_of(r, &at, &inner, depth + 1) && at == end && end < t->n;
	if (ok && how.n)
		ok = decode(how, buf_slice(&inner), out);
	else if (ok)
		buf_put(out, buf_slice(&inner));
	buf_release(&inner);
	*i = end + 1;
	return ok;
}

static bool value_of(struct reader *r, size_t *i, struct buf *out, unsigned depth)
{
	if (!operand_of(r, i, out, depth))
		return false;
	while (token_is(r->t, *i, "+")) {
		++*i;
		if (!operand_of(r, i, out, depth))
			return false;
	}
	return out->n <= REDIRECT_TARGET_MAX * 4u;
}

/* ---- what a statement is ---- */

/* A row of names with dots between: window.location.href, window["location"]. */
struct names {
	struct slice name[NAMES];
	size_t n;
	size_t after; /* the token behind */
};

static bool names_at(const struct tokens *t, size_t i, struct names *out)
{
	*out = (struct names){ .after = i };
	if (i >= t->n || t->token[i].kind != TOKEN_NAME)
		return false;
	out->name[out->n++] = token_text(t, i++);
	/* $(document).ready */
	if (token_is(t, i, "(") && t->token[i].match < t->n &&
	    token_is(t, t->token[i].match + 1u, "."))
		i = t->token[i].match + 1u;
	while (out->n < NAMES) {
		if (token_is(t, i, ".") && i + 1 < t->n && t->token[i + 1].kind == TOKEN_NAME) {
			out->name[out->n++] = token_text(t, i + 1);
			i += 2;
		} else if (token_is(t, i, "[") && t->token[i].match == i + 2 && i + 2 < t->n &&
		           t->token[i + 1].kind == TOKEN_STRING) {
			struct slice s = token_text(t, i + 1);
			out->name[out->n++] = slice_sub(s, 1, s.n - 1);
			i += 3;
		} else {
			break;
		}
	}
	out->after = i;
	return true;
}

static bool is_window(struct slice s)
{
	static const char *const words[] = { "window",   "self", "top",       "parent",
		                             "document", "this", "globalThis" };

	for (size_t i = 0; i < sizeof(words) / sizeof(*words); i++)
		if (slice_eq_str(s, words[i]))
			return true;
	return false;
}

enum leads { LEADS_NOT, LEADS_ASSIGNED, LEADS_CALLED };

/* Whether an address is given to the window here; *value is where it begins. */
static enum leads leads_at(const struct tokens *t, size_t i, size_t *value)
{
	struct names names;
	size_t k = 0;

	if (!names_at(t, i, &names))
		return LEADS_NOT;
	while (k < names.n && is_window(names.name[k]))
		k++;
	if (k >= names.n || !slice_eq_str(names.name[k], "location"))
		return LEADS_NOT;
	*value = names.after + 1;
	size_t more = names.n - k - 1;
	struct slice last = names.name[names.n - 1];
	if (token_is(t, names.after, "=") &&
	    (more == 0 || (more == 1 && slice_eq_str(last, "href"))))
		return LEADS_ASSIGNED;
	if (token_is(t, names.after, "(") && more == 1 &&
	    (slice_eq_str(last, "replace") || slice_eq_str(last, "assign")))
		return LEADS_CALLED;
	return LEADS_NOT;
}

/* A function that is written here: its body is tokens [from, to), and `after` stands behind it. */
struct body {
	size_t from, to, after;
	bool is_value; /* of an arrow without braces */
};

static bool body_at(const struct tokens *t, size_t i, struct body *out)
{
	if (token_is(t, i, "async"))
		i++;
	if (token_is(t, i, "function")) {
		i++;
		if (token_is(t, i, "*"))
			return false; /* a generator does not run when it is called */
		if (i < t->n && t->token[i].kind == TOKEN_NAME)
			i++;
		if (!token_is(t, i, "("))
			return false;
		i = t->token[i].match + 1u;
	} else {
		if (token_is(t, i, "("))
			i = t->token[i].match + 1u;
		else if (i < t->n && t->token[i].kind == TOKEN_NAME)
			i++;
		if (!token_is(t, i, "=>"))
			return false;
		i++;
		if (!token_is(t, i, "{")) {
			size_t end = i;
			while (end < t->n && !token_is(t, end, ",") && !token_is(t, end, ")") &&
			       !token_is(t, end, ";"))
				end = token_is(t, end, "(") || token_is(t, end, "[")
				              ? t->token[end].match + 1u
				              : end + 1;
			end = end < t->n ? end : t->n;
			*out = (struct body){ i, end, end, true };
			return true;
		}
	}
	if (!token_is(t, i, "{"))
		return false;
	size_t end = t->token[i].match;
	*out = (struct body){ i + 1, end, end + 1, false };
	return true;
}

static bool is_string(const struct tokens *t, size_t i, const char *a, const char *b)
{
	struct slice s = token_text(t, i);

	if (i >= t->n || t->token[i].kind != TOKEN_STRING)
		return false;
	s = slice_sub(s, 1, s.n - 1);
	return slice_eq_str(s, a) || slice_eq_str(s, b);
}

/* A function that runs when the page loads, by the statement at i. *text: index of a text that is
 * run as a script instead, or 0. */
static bool runs_at(const struct tokens *t, size_t i, struct body *out, size_t *text)
{
	struct names names;
	size_t inner = i;

	*text = 0;
	/* (function () {…})()   (function () {…}())   !function () {…}() */
	while (inner < i + 3 &&
	       (token_is(t, inner, "(") || token_is(t, inner, "!") || token_is(t, inner, "+") ||
	        token_is(t, inner, "-") || token_is(t, inner, "~") || token_is(t, inner, "void")))
		inner++;
	/* "((x) => …)(…)": the bracket before x is the function's own. */
	for (size_t k = inner; k > i; k--) {
		if (body_at(t, k, out) && !out->is_value &&
		    (token_is(t, out->after, "(") ||
		     (token_is(t, out->after, ")") && token_is(t, out->after + 1, "("))))
			return true;
	}
	if (inner > i || !names_at(t, i, &names))
		return false;
	struct slice last = names.name[names.n - 1];
	if (token_is(t, names.after, "=")) {
		if (slice_eq_str(last, "onload") || slice_eq_str(last, "onpageshow"))
			return body_at(t, names.after + 1, out);
		return false;
	}
	if (!token_is(t, names.after, "("))
		return false;
	size_t first = names.after + 1;
	if (slice_eq_str(last, "setTimeout") || slice_eq_str(last, "setInterval")) {
		if (first < t->n && t->token[first].kind == TOKEN_STRING) {
			*text = first;
			return true;
		}
		return body_at(t, first, out);
	}
	if (slice_eq_str(last, "addEventListener") || slice_eq_str(last, "attachEvent")) {
		if (is_window(names.name[0]) && token_is(t, first + 1, ",") &&
		    (is_string(t, first, "load", "DOMContentLoaded") ||
		     is_string(t, first, "onload", "pageshow")))
			return body_at(t, first + 2, out);
		return false;
	}
	if (slice_eq_str(last, "ready") ||
	    (names.n == 1 && (slice_eq_str(last, "$") || slice_eq_str(last, "jQuery"))))
		return body_at(t, first, out);
	return false;
}

/* ---- statements ---- */

static bool ends_line(const struct tokens *t, size_t i)
{
	struct slice before = token_text(t, i - 1);
	enum token_kind last = t->token[i - 1].kind;

	if (!t->token[i].newline)
		return false;
	if (last == TOKEN_PUNCTUATION && before.p[0] != ')' && before.p[0] != ']' &&
	    before.p[0] != '}')
		return false;
	return t->token[i].kind != TOKEN_PUNCTUATION || token_is(t, i, "!") ||
	       token_is(t, i, "{") || token_is(t, i, "}");
}

/* Behind the expression or declaration that begins at i (ECMAScript 12.10). */
static size_t statement_end(const struct tokens *t, size_t i, size_t end)
{
	for (size_t from = i; i < end;) {
		if (token_is(t, i, ";"))
			return i + 1;
		if (i > from && ends_line(t, i))
			return i;
		bool opens = token_is(t, i, "(") || token_is(t, i, "[") || token_is(t, i, "{");
		i = opens ? t->token[i].match + 1u : i + 1;
	}
	return end;
}

static bool is_branch(const struct tokens *t, size_t i)
{
	return token_is(t, i, "if") || token_is(t, i, "for") || token_is(t, i, "while") ||
	       token_is(t, i, "with") || token_is(t, i, "switch") || token_is(t, i, "else") ||
	       token_is(t, i, "do") || token_is(t, i, "catch");
}

/* Behind a statement of which it is not known whether it runs, with its else. */
static size_t skip_branch(const struct tokens *t, size_t i, size_t end)
{
	while (i < end && is_branch(t, i)) {
		bool until = token_is(t, i, "do");
		i++;
		if (token_is(t, i, "await"))
			i++;
		if (!until && token_is(t, i, "("))
			i = t->token[i].match + 1u;
		if (is_branch(t, i))
			continue;
		i = token_is(t, i, "{") ? t->token[i].match + 1u : statement_end(t, i, end);
		if (until && token_is(t, i, "while"))
			i = statement_end(t, i, end);
	}
	return i < end ? i : end;
}

/* The value at i, if it stands alone up to where it must end. */
static bool take(struct reader *r, enum leads how, size_t i, size_t end)
{
	const struct tokens *t = r->t;
	struct buf value = { 0 };
	size_t from = i;
	bool ok = value_of(r, &i, &value, 0);

	if (how == LEADS_CALLED)
		ok = ok && token_is(t, i, ")") && from > 0 && t->token[from - 1].match == i;
	else
		ok = ok && (i >= end || token_is(t, i, ";") || token_is(t, i, ",") ||
		            token_is(t, i, "}") || t->token[i].newline);
	struct slice target = slice_trim(buf_slice(&value));
	if (ok && buf_ok(&value) && target.n <= REDIRECT_TARGET_MAX && utf8_valid(target, NULL)) {
		target = arena_copy(r->a, target);
		r->no_memory |= !target.p;
		*r->out = (struct script_redirect){ .found = true, .target = target };
	}
	r->no_memory |= !buf_ok(&value);
	buf_release(&value);
	return r->out->found;
}

static void run_text(struct reader *r, size_t i);

/* Look at the statements of tokens [i, end). True: what stands behind them does not run. */
static bool run(struct reader *r, size_t i, size_t end, unsigned depth)
{
	const struct tokens *t = r->t;

	while (i < end && !r->out->found && !r->no_memory && depth < NESTED) {
		struct body body;
		size_t value, text;
		if (token_is(t, i, ";") || token_is(t, i, "}") || token_is(t, i, "try") ||
		    token_is(t, i, "finally")) {
			i++;
		} else if (token_is(t, i, "{")) {
			size_t close = t->token[i].match;
			if (run(r, i + 1, close < end ? close : end, depth + 1))
				return true;
			i = close + 1;
		} else if (token_is(t, i, "return") || token_is(t, i, "throw")) {
			return true;
		} else if (is_branch(t, i)) {
			i = skip_branch(t, i, end);
		} else if (token_is(t, i, "function") && body_at(t, i, &body)) {
			i = body.after;
		} else {
			enum leads how = leads_at(t, i, &value);
			if (how != LEADS_NOT && take(r, how, value, end))
				return true;
			if (how == LEADS_NOT && runs_at(t, i, &body, &text)) {
				if (text)
					run_text(r, text);
				else
					run(r, body.from, body.to < end ? body.to : end, depth + 1);
			}
			i = statement_end(t, i, end);
		}
	}
	return false;
}

static bool may_lead(const struct tokens *t)
{
	size_t value;

	for (size_t i = 0; i < t->n; i++) {
		bool inner = i && (token_is(t, i - 1, ".") || token_is(t, i - 1, "?."));
		if (!inner && leads_at(t, i, &value) != LEADS_NOT)
			return true;
	}
	return false;
}

static int read_script(struct slice script, struct arena *a, unsigned text,
                       struct script_redirect *out, struct err *err)
{
	struct tokens t;
	struct reader r = { .t = &t, .a = a, .out = out, .text = text };

	script = slice_sub(script, 0, REDIRECT_SCRIPT_MAX);
	/* Every way to lead away has this word in it, as it is written. */
	if (slice_find_slice(script, SLICE("location")) == script.n)
		return 0;
	int rc = script_tokens(script, REDIRECT_TOKENS_MAX, a, &t, err);
	if (rc)
		return rc;
	run(&r, 0, t.n, 0);
	if (r.no_memory)
		return err_set(err, ERR_NOMEM, 0, "redirect: no memory");
	if (!out->found && may_lead(&t))
		out->may = true;
	return 0;
}

/* The text that setTimeout is given. */
static void run_text(struct reader *r, size_t i)
{
	struct buf script = { 0 };

	token_string(r->t, i, &script);
	if (r->text < TEXT_IN_TEXT && buf_ok(&script))
		r->no_memory |=
			read_script(buf_slice(&script), r->a, r->text + 1, r->out, NULL) != 0;
	buf_release(&script);
}

int script_redirect(struct slice script, struct arena *a, struct script_redirect *out,
                    struct err *err)
{
	struct script_redirect r = { 0 };
	int rc = read_script(script, a, 0, &r, err);

	if (rc == 0)
		*out = r;
	return rc;
}
