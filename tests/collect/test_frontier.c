#include "check.h"

#include "collect/frontier.h"

/* An innocent is harmed where a fetch buys, sends or deletes. */
static void a_link_that_may_act_is_never_followed(void **state)
{
	(void)state;
	static const struct {
		const char *url;
		int acts;
	} rows[] = {
		{ "https://s.example/logout", 1 },
		{ "https://s.example/log-out.php", 1 },
		{ "https://s.example/LogOut", 1 },
		{ "https://s.example/account/sign_out", 1 },
		{ "https://s.example/cart/add/17", 1 },
		{ "https://s.example/cart/add?id=17", 1 },
		{ "https://s.example/?add-to-cart=17", 1 },
		{ "https://s.example/?add_to_cart=17", 1 },
		{ "https://s.example/?ADD%2DTO%2DCART=17", 1 },
		{ "https://s.example/shop?a=1;add=3", 1 },
		{ "https://s.example/index.php?action=buy_now&id=3", 1 },
		{ "https://s.example/index.php?route=checkout/cart/add", 1 },
		{ "https://s.example/index.php?do=addProduct", 0 },
		{ "https://s.example/index.php?do=add_product", 1 },
		{ "https://s.example/index.php?main_page=product&action=remove", 1 },
		{ "https://s.example/wishlist?item=1&remove=1", 1 },
		{ "https://s.example/unsubscribe?u=1", 1 },
		{ "https://s.example/newsletter/un-subscribe", 1 },
		{ "https://s.example/delete/5", 1 },
		{ "https://s.example/order/place-order", 1 },
		{ "https://s.example/checkout", 1 },
		{ "https://s.example/check-out/", 1 },
		{ "https://s.example/buy/now/5", 1 },
		{ "https://s.example/p%61y-now", 1 },
		{ "https://s.example/cart?qty=2", 1 },
		{ "https://s.example/?_wpnonce=ab12", 1 },
		{ "https://s.example/", 0 },
		{ "https://s.example/cart", 0 },
		{ "https://s.example/buy-viagra-online", 0 },
		{ "https://s.example/address", 0 },
		{ "https://s.example/additives", 0 },
		{ "https://s.example/payment-methods", 0 },
		{ "https://s.example/how-to-order", 0 },
		{ "https://s.example/products?category=4&page=2", 0 },
		{ "https://s.example/about-us?lang=ja", 0 },
		{ "https://s.example/%E5%95%86%E5%93%81", 0 },
	};
	for (size_t i = 0; i < ROWS(rows); i++) {
		struct arena arena = { 0 };
		struct url u;
		assert_int_equal(url_parse(slice_str(rows[i].url), &arena, &u, NULL), 0);
		CHECK_INT(i, rows[i].url, frontier_acts(&u), rows[i].acts);
		arena_release(&arena);
	}
	check_done();
}

static void a_page_belongs_to_the_subject_or_not(void **state)
{
	(void)state;
	static const struct {
		enum subject_kind kind;
		const char *key, *url;
		int is;
	} rows[] = {
		{ SUBJECT_REGISTRABLE, "s.example", "https://s.example/a", 1 },
		{ SUBJECT_REGISTRABLE, "s.example", "http://www.s.example:8080/", 1 },
		{ SUBJECT_REGISTRABLE, "s.example", "https://bads.example/", 0 },
		{ SUBJECT_REGISTRABLE, "s.example", "https://s.example.evil.example/", 0 },
		{ SUBJECT_HOST, "p.blogspot.com", "https://p.blogspot.com/x", 1 },
		{ SUBJECT_HOST, "p.blogspot.com", "https://q.blogspot.com/x", 0 },
		{ SUBJECT_HOST, "p.blogspot.com", "https://a.p.blogspot.com/x", 0 },
		{ SUBJECT_URL, "https://c.example/shop/", "https://c.example/shop/a", 1 },
		{ SUBJECT_URL, "https://c.example/shop/", "https://c.example/", 0 },
		{ SUBJECT_URL, "https://c.example/shop", "https://c.example/shopping", 0 },
		{ SUBJECT_IP, "192.0.2.1", "http://192.0.2.1/a", 1 },
		{ SUBJECT_PREFIX, "192.0.2.0/24", "http://192.0.2.1/a", 0 },
	};
	for (size_t i = 0; i < ROWS(rows); i++) {
		struct arena arena = { 0 };
		struct subject s = { rows[i].kind, slice_str(rows[i].key) };
		struct url u;
		assert_int_equal(url_parse(slice_str(rows[i].url), &arena, &u, NULL), 0);
		CHECK_INT(i, rows[i].url, frontier_is_of(s, &u), rows[i].is);
		arena_release(&arena);
	}
	check_done();
}

static void one_of_each_class_comes_before_a_second(void **state)
{
	(void)state;
	struct frontier_link link[] = {
		{ .class = LINK_OTHER },   { .class = LINK_OTHER }, { .class = LINK_OTHER },
		{ .class = LINK_PRODUCT }, { .class = LINK_PRODUCT }, { .class = LINK_PRODUCT },
		{ .class = LINK_TERMS },   { .class = LINK_CONTACT }, { .class = LINK_CONTACT },
		{ .class = LINK_CART, .taken = true },
	};
	unsigned had[LINK_CLASSES] = { 0 };
	size_t chosen[16];
	static const size_t want[] = { 3, 7, 6, 4, 8, 5, 0, 1 };

	assert_int_equal(frontier_choose(link, ROWS(link), had, 16, chosen), ROWS(want));
	for (size_t i = 0; i < ROWS(want); i++)
		CHECK_INT(i, "choice", chosen[i], want[i]);
	CHECK_INT(0, "again", frontier_choose(link, ROWS(link), had, 16, chosen), 0);
	check_done();

	struct frontier_link more[] = { { .class = LINK_PRODUCT }, { .class = LINK_ABOUT } };
	CHECK_INT(0, "budget", frontier_choose(more, 2, had, 1, chosen), 1);
	CHECK_INT(0, "a class without a page goes first", chosen[0], 1);
	check_done();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_link_that_may_act_is_never_followed),
		cmocka_unit_test(a_page_belongs_to_the_subject_or_not),
		cmocka_unit_test(one_of_each_class_comes_before_a_second),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
