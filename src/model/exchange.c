#include "model/exchange.h"

#include <string.h>

static const char *const kinds[EXCHANGE_KINDS] = { "dns", "http", "whois", "render" };

static const char *const faults[EXCHANGE_FAULTS] = {
	"none",     "address", "name", "resolve", "connect", "tls",     "proxy",
	"closed",   "protocol", "timeout", "busy", "parser",  "browser", "stopped",
};

static const char *const cuts[EXCHANGE_CUTS] = { "none", "length", "time", "disconnect" };

const char *exchange_kind_name(enum exchange_kind k)
{
	return kinds[k];
}

const char *exchange_fault_name(enum exchange_fault f)
{
	return faults[f];
}

const char *exchange_cut_name(enum exchange_cut c)
{
	return cuts[c];
}

static bool word_of(struct slice word, const char *const *words, size_t n, size_t *out)
{
	for (size_t i = 0; i < n; i++) {
		if (slice_eq(word, slice_str(words[i]))) {
			*out = i;
			return true;
		}
	}
	return false;
}

bool exchange_kind_of(struct slice word, enum exchange_kind *out)
{
	size_t i;
	if (!word_of(word, kinds, EXCHANGE_KINDS, &i))
		return false;
	*out = (enum exchange_kind)i;
	return true;
}

bool exchange_fault_of(struct slice word, enum exchange_fault *out)
{
	size_t i;
	if (!word_of(word, faults, EXCHANGE_FAULTS, &i))
		return false;
	*out = (enum exchange_fault)i;
	return true;
}

bool exchange_cut_of(struct slice word, enum exchange_cut *out)
{
	size_t i;
	if (!word_of(word, cuts, EXCHANGE_CUTS, &i))
		return false;
	*out = (enum exchange_cut)i;
	return true;
}
