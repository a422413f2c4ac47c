/* Forms and their controls: what a form asks for is told by types and names of its fields. */
#include "wire/html_element.h"
#include "wire/html_page.h"

void html_add_form(struct html_page *k, const GumboNode *n, struct page_block *like)
{
	struct page_text *out = k->out;
	struct page_form *more =
	    html_one_more(k, out->form, out->form_n, &k->form_cap, sizeof(*more));

	if (!more)
		return;
	out->form = more;
	out->form[out->form_n++] = (struct page_form){
		.action = html_keep_target(k, html_attribute(n, "action")),
		.post = html_is(slice_trim(html_attribute(n, "method")), "post"),
		.source = like->source,
	};
	like->form = (uint32_t)out->form_n;
}

/* Whether one of the element's names holds one of the words. */
static bool is_named(const GumboNode *n, const char *const *word)
{
	static const char *const names[] = { "name", "id", "autocomplete" };

	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++) {
		struct slice s = html_attribute(n, names[i]);
		if (s.n > 256)
			continue;
		for (size_t w = 0; word[w]; w++) {
			struct slice want = slice_str(word[w]);
			for (size_t at = 0; at + want.n <= s.n; at++)
				if (slice_eq_nocase(slice_sub(s, at, at + want.n), want))
					return true;
		}
	}
	return false;
}

void html_count_field(struct html_page *k, const GumboNode *n, const struct page_block *like,
                        struct slice type)
{
	static const char *const card[] = { "cc-number", "cc-csc", "cardnumber", "card_number",
		"card-number", "ccnum", "cc_num", "creditcard", "credit_card", "credit-card",
		"cardno", "card_no", "cvv", "cvc", NULL };
	static const char *const quantity[] = { "qty", "quantity", "quantite", "menge", "cantidad",
		"suryo", "kosuu", NULL };
	static const char *const email[] = { "email", "e-mail", NULL };

	if (k->out->form_n == 0)
		return;
	/* A form that starts between the rows of a table is empty in the tree: fields behind it and
	 * in no other form are its own. */
	struct page_form *f = &k->out->form[(like->form ? like->form : k->out->form_n) - 1];
	f->has_quantity |= is_named(n, quantity);
	if (html_is(type, "hidden"))
		return;
	f->fields++;
	f->has_password |= html_is(type, "password");
	f->has_file |= html_is(type, "file");
	f->has_email |= html_is(type, "email") || is_named(n, email);
	f->has_card |= is_named(n, card);
}

void html_enter_input(struct html_page *k, const GumboNode *n, const struct page_block *like)
{
	struct slice type = slice_trim(html_attribute(n, "type"));

	if (html_is(type, "submit") || html_is(type, "button") || html_is(type, "reset")) {
		html_put_inner(k, like, ROLE_BUTTON, html_attribute(n, "value"),
		               html_attribute(n, "formaction"));
	} else if (html_is(type, "image")) {
		k->out->images++;
		html_put_inner(k, like, ROLE_BUTTON, html_attribute(n, "alt"),
		               html_attribute(n, "src"));
	} else {
		html_count_field(k, n, like, type);
		struct slice placeholder = html_attribute(n, "placeholder");
		if (placeholder.n && !html_is(type, "hidden"))
			html_put_block(k, like, ROLE_FORM_LABEL, placeholder);
	}
}
