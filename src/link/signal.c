#include "link/signal.h"

#define NEVER UINT16_MAX

/* Hosting together with a look, a picture or a number of few digits stays below LINK_LEAST (network.h): the
 * customers of a small host, or of an agency that builds sites, share just that. */
const struct signal signals[SIGNAL_KINDS] = {
	[SIGNAL_NAME_SERVER] = { "name_server", "the name server", GROUP_HOSTING, false, 1050,
	                         950 },
	[SIGNAL_ADDRESS] = { "address", "the address", GROUP_HOSTING, false, 1050, 1000 },
	[SIGNAL_PREFIX] = { "prefix", "the network prefix", GROUP_HOSTING, false, 800, NEVER },
	[SIGNAL_MX] = { "mx", "the mail server", GROUP_HOSTING, false, 1050, 1000 },
	[SIGNAL_SOA_MAIL] = { "soa_mail", "the mail address of the zone", GROUP_HOSTING, false,
	                      1050, 1000 },
	[SIGNAL_CERTIFICATE] = { "certificate", "the certificate", GROUP_CERTIFICATE, false, 2000,
	                         1200 },
	[SIGNAL_CERTIFICATE_NAME] = { "certificate_name", "a certificate for", GROUP_CERTIFICATE,
	                              false, 2000, 1200 },
	[SIGNAL_REGISTRANT] = { "registrant", "the registrant key", GROUP_REGISTRATION, false, 2000,
	                        700 },
	[SIGNAL_ACCOUNT] = { "account", "the registrar's account", GROUP_REGISTRATION, false, 2000,
	                     700 },
	[SIGNAL_REDIRECT] = { "redirect", "the redirect to", GROUP_REDIRECT, false, 2000, 700 },
	[SIGNAL_PAYMENT] = { "payment", "the payment account", GROUP_MONEY, false, 2000, 700 },
	[SIGNAL_CART] = { "cart", "the cart at", GROUP_MONEY, true, 1400, 900 },
	[SIGNAL_ANALYTICS] = { "analytics", "the analytics id", GROUP_TAG, true, 1800, 800 },
	[SIGNAL_AFFILIATE] = { "affiliate", "the affiliate id", GROUP_TAG, true, 1800, 800 },
	[SIGNAL_TELEPHONE] = { "telephone", "the telephone number", GROUP_CONTACT, true, 1800,
	                       800 },
	[SIGNAL_MAIL] = { "mail", "the mail address", GROUP_CONTACT, true, 1800, 800 },
	[SIGNAL_MESSENGER] = { "messenger", "the messenger account", GROUP_CONTACT, true, 1800,
	                       800 },
	[SIGNAL_FAVICON] = { "favicon", "the favicon", GROUP_PICTURE, true, 800, 750 },
	[SIGNAL_LOGO] = { "logo", "the logo", GROUP_PICTURE, true, 800, 750 },
	[SIGNAL_IMAGE_HOST] = { "image_host", "the image host", GROUP_PICTURE, true, 800, 750 },
	[SIGNAL_TEMPLATE] = { "template", "the template", GROUP_LOOK, true, 800, 750 },
	[SIGNAL_URL_SHAPE] = { "url_shape", "the shape of addresses", GROUP_LOOK, true, 800, 750 },
	[SIGNAL_TEXT] = { "text", "nearly the same text", GROUP_TEXT, true, 1600, 900 },
	[SIGNAL_PRICES] = { "prices", "the list of prices", GROUP_TEXT, true, 1600, 800 },
	[SIGNAL_AFFILIATE_NUMBER] = { "affiliate_number", "the affiliate number", GROUP_TAG, true,
	                              800, 750 },
	[SIGNAL_COMPANY] = { "company", "the company named", GROUP_CONTACT, true, 1600, 900 },
};

static const char *const groups[SIGNAL_GROUPS] = {
	"hosting", "certificate", "registration", "redirect", "money",
	"tag",     "contact",     "picture",      "look",     "text",
};

bool signal_of(struct slice name, enum signal_kind *out)
{
	for (int k = 0; k < SIGNAL_KINDS; k++) {
		if (slice_eq_str(name, signals[k].name)) {
			*out = (enum signal_kind)k;
			return true;
		}
	}
	return false;
}

const char *signal_group_name(enum signal_group g)
{
	return groups[g];
}

uint32_t log2_hundredths(uint64_t x)
{
	if (x < 2)
		return 0;
	uint32_t whole = 63u - (uint32_t)__builtin_clzll(x);
	/* The mantissa as 1.63 fixed point; its log by repeated squaring, a bit each time. */
	uint64_t m = x << (63 - whole);
	uint32_t fraction = 0; /* of 2^16 */
	for (int i = 15; i >= 0; i--) {
		unsigned __int128 square = (unsigned __int128)m * m;
		if (square >> 127) {
			fraction |= 1u << i;
			m = (uint64_t)(square >> 64);
		} else {
			m = (uint64_t)(square >> 63);
		}
	}
	return whole * 100 + (fraction * 100 >> 16);
}

uint16_t signal_weight(enum signal_kind kind, uint64_t sharers, uint64_t population)
{
	if (sharers < 2 || sharers >= population)
		return 0;
	uint32_t weight = log2_hundredths(population) - log2_hundredths(sharers);
	return weight > signals[kind].best ? signals[kind].best : (uint16_t)weight;
}
