#include "collect/frontier.h"

#include <stddef.h>

/* Words of a path, with '-', '_' and '.' within words and without. */
static const char *const path_words[] = {
	"logout",  "signout",     "logoff",    "unsubscribe", "optout",
	"delete",  "remove",      "destroy",   "checkout",    "addtocart",
	"addcart", "addtobasket", "addtobag",  "placeorder",  "buynow",
	"paynow",  "purchase",    "clearcart", "emptycart",   "addtowishlist",
	"cartadd", "basketadd",   "add",       "cancel",      "wpadmin",
};

/* Keys of a query that act whatever their value is, without '-' and '_'. */
static const char *const query_keys[] = {
	"action",        "act",         "cmd",       "command",    "add",         "addtocart",
	"addcart",       "addtobasket", "remove",    "removeitem", "delete",      "del",
	"buy",           "buynow",      "checkout",  "logout",     "unsubscribe", "confirm",
	"qty",           "quantity",    "emptycart", "clearcart",  "cancel",      "undoitem",
	"addtowishlist", "subscribe",   "vote",      "pay",        "purchase",    "submit",
	"atc",           "wpnonce",     "additem",   "cartid",
};

/* Words that act in the value of any key: "do=add_product", "route=account/logout". */
static const char *const query_words[] = {
	"add",       "remove",   "delete",  "logout",      "signout", "buy",
	"checkout",  "purchase", "pay",     "unsubscribe", "confirm", "cancel",
	"addtocart", "submit",   "vote",    "wishlist",    "update",  "clear",
	"empty",     "addcart",  "additem", "insert",      "drop",
};

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

static bool is_one_of(struct slice s, const char *const *words, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (slice_eq_str(s, words[i]))
			return true;
	return false;
}

/* Up to one word from s[*at] on, lower-case letters and digits alone; glue: '-' and '_' do not part
 * words. Percent-encoded octets count as what they are. False at the end. */
static bool next_word(struct slice s, size_t *at, bool glue, char out[64], size_t *n)
{
	*n = 0;
	while (*at < s.n) {
		unsigned c = (unsigned char)s.p[*at];
		size_t step = 1;
		if (c == '%' && *at + 2 < s.n) {
			int v[2];
			for (int k = 0; k < 2; k++) {
				char h = ascii_lower(s.p[*at + 1 + (size_t)k]);
				v[k] = h >= '0' && h <= '9'   ? h - '0'
				       : h >= 'a' && h <= 'f' ? h - 'a' + 10
				                              : -1;
			}
			if (v[0] >= 0 && v[1] >= 0) {
				c = (unsigned)(v[0] * 16 + v[1]);
				step = 3;
			}
		}
		*at += step;
		char l = ascii_lower((char)c);
		if ((l >= 'a' && l <= 'z') || (l >= '0' && l <= '9')) {
			if (*n < 63)
				out[(*n)++] = l;
		} else if (c >= 0x80) {
			if (*n < 63)
				out[(*n)++] = '?';
		} else if (glue && (c == '-' || c == '_' || c == '.' || c == ' ' || c == '+')) {
			continue;
		} else if (*n) {
			return true;
		}
	}
	return *n > 0;
}

static bool has_word(struct slice s, bool glue, const char *const *words, size_t n)
{
	char word[64];
	size_t at = 0, length;

	while (next_word(s, &at, glue, word, &length))
		if (is_one_of(slice_from(word, length), words, n))
			return true;
	return false;
}

/* Two words beside one another: "/add-to-cart-button", "/cart/add". */
static bool has_pair(struct slice s)
{
	char word[64], before[64] = "";
	size_t at = 0, length, before_n = 0;
	static const char *const acts[] = { "add",  "place", "buy",   "pay",    "log",
		                            "sign", "empty", "clear", "submit", "confirm" };
	static const char *const what[] = { "to",     "now",   "out",     "off",     "cart",
		                            "basket", "order", "payment", "checkout" };

	while (next_word(s, &at, false, word, &length)) {
		struct slice a = slice_from(before, before_n), b = slice_from(word, length);
		if ((is_one_of(a, acts, COUNT(acts)) && is_one_of(b, what, COUNT(what))) ||
		    (is_one_of(b, acts, COUNT(acts)) && is_one_of(a, what, COUNT(what)) &&
		     !slice_eq_str(a, "to") && !slice_eq_str(a, "now")))
			return true;
		memcpy(before, word, length);
		before_n = length;
	}
	return false;
}

bool frontier_acts(const struct url *u)
{
	struct slice rest = u->query, pair;

	if (has_word(u->path, true, path_words, COUNT(path_words)) ||
	    has_word(u->path, false, path_words, COUNT(path_words)) || has_pair(u->path))
		return true;
	while (slice_cut(&rest, '&', &pair)) {
		struct slice part;
		while (slice_cut(&pair, ';', &part)) {
			size_t eq = slice_find(part, '=');
			struct slice key = slice_sub(part, 0, eq);
			struct slice value = slice_sub(part, eq + 1, part.n);
			if (has_word(key, true, query_keys, COUNT(query_keys)) ||
			    has_word(value, false, query_words, COUNT(query_words)) ||
			    has_word(value, true, query_words, COUNT(query_words)) ||
			    has_pair(value))
				return true;
		}
	}
	return false;
}

bool frontier_is_file(const struct url *u)
{
	static const char *const suffixes[] = {
		".jpg",  ".jpeg",  ".png", ".gif", ".webp", ".svg", ".ico",  ".css",
		".js",   ".json",  ".xml", ".rss", ".atom", ".zip", ".rar",  ".7z",
		".gz",   ".exe",   ".msi", ".apk", ".dmg",  ".mp3", ".mp4",  ".avi",
		".mov",  ".webm",  ".pdf", ".doc", ".docx", ".xls", ".xlsx", ".ppt",
		".woff", ".woff2", ".ttf", ".ics", ".vcf"
	};

	for (size_t i = 0; i < COUNT(suffixes); i++) {
		struct slice s = slice_str(suffixes[i]);
		if (u->path.n >= s.n &&
		    slice_eq_nocase(slice_sub(u->path, u->path.n - s.n, u->path.n), s))
			return true;
	}
	return false;
}

bool frontier_is_of(struct subject subject, const struct url *u)
{
	struct slice key = subject.key, host = u->host;

	switch (subject.kind) {
	case SUBJECT_REGISTRABLE:
		return !u->host_is_ip &&
		       (slice_eq(host, key) || (host.n > key.n + 1 && slice_ends(host, key) &&
		                                host.p[host.n - key.n - 1] == '.'));
	case SUBJECT_HOST:
	case SUBJECT_IP: return slice_eq(host, key);
	case SUBJECT_URL: return url_is_under(u->text, key);
	case SUBJECT_PREFIX: break;
	}
	return false;
}

size_t frontier_choose(struct frontier_link *link, size_t n, unsigned had[LINK_CLASSES],
                       size_t most, size_t *chosen)
{
	size_t count = 0;
	bool more = true;

	/* Each round takes one more of each class that has fewer than `round` pages. */
	for (unsigned round = 1; more && count < most; round++) {
		more = false;
		for (int class = 0; class < LINK_CLASSES && count < most; class ++) {
			if (class == LINK_OTHER)
				continue;
			for (size_t i = 0; i < n; i++) {
				if (link[i].taken || link[i].class != (enum link_class) class)
					continue;
				more = true;
				if (had[class] >= round)
					break;
				link[i].taken = true;
				had[class]++;
				chosen[count++] = i;
				break;
			}
		}
	}
	for (size_t i = 0; i < n && count < most && had[LINK_OTHER] < FRONTIER_OTHERS; i++) {
		if (link[i].taken || link[i].class != LINK_OTHER)
			continue;
		link[i].taken = true;
		had[LINK_OTHER]++;
		chosen[count++] = i;
	}
	return count;
}
