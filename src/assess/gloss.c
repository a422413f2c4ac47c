#include "assess/gloss.h"

/* One object: gloss_phrase promises the same address. */
static const char no_prescription[] = "that no prescription is needed";

static const char *const said[PHRASE_CLASSES] = {
	[PHRASE_NORX] = no_prescription,
	[PHRASE_NORX_BARE] = no_prescription,
	[PHRASE_NEGATION] = "that something is not so, or must not be done",
	[PHRASE_RX_REQUIRED] = "that a prescription is required",
	[PHRASE_RX_BY_FORM] = "that a form or questionnaire takes the place of a prescription",
	[PHRASE_WARNING_GENRE] = "what an authority, a newspaper or an adviser says",
	[PHRASE_CART] = "that orders are taken",
	[PHRASE_PRICE_PER_UNIT] = "what one pill costs",
	[PHRASE_SHIP_WORLD] = "that it ships all over the world",
	[PHRASE_SHIP_TO] = "which countries it ships to",
	[PHRASE_SHIP_FROM] = "where it ships from",
	[PHRASE_NOT_TO] = "where it does not ship to",
	[PHRASE_CONCEAL] = "that its parcels are disguised",
	[PHRASE_RESHIP] = "that it sends again what customs seize",
	[PHRASE_CUSTOMS_FREE] = "that its parcels pass customs",
	[PHRASE_PAY_CRYPTO] = "that it takes cryptocurrency",
	[PHRASE_PAY_WIRE] = "that it takes wire transfers",
	[PHRASE_PAY_GIFTCARD] = "that it takes gift cards",
	[PHRASE_PAY_P2P] = "that it takes payments from person to person",
	[PHRASE_PAY_CARD] = "that it takes cards, or cash on delivery",
	[PHRASE_PERSONAL_IMPORT] = "that it arranges personal import",
	[PHRASE_SELF_RESPONSIBILITY] = "that the buyer alone answers for the order",
	[PHRASE_CURE_CLAIM] = "that a product cures a disease",
	[PHRASE_FDA_GENERIC] = "that a generic is approved where no such approval exists",
	[PHRASE_BONUS] = "that something comes free with an order",
	[PHRASE_REFUND] = "that money is paid back, or goods are sent again",
	[PHRASE_LICENCE_CLAIM] = "that it is licensed",
	[PHRASE_SEAL] = "that it bears a seal",
	[PHRASE_PHARMACIST] = "that a pharmacist is responsible",
	[PHRASE_RESEARCH_USE] = "that its goods are for research only",
	[PHRASE_SHOP_PHARMACY] = "that it is a pharmacy, or sells medicine",
	[PHRASE_CLINIC] = "that a clinic or doctor stands behind it",
	[PHRASE_SUPPLEMENT] = "that goods are food supplements, or what they contain",
	[PHRASE_VET] = "that medicine is for animals",
	[PHRASE_OTHER_BUSINESS] = "that it is about some other business",
	[PHRASE_CONTACT] = "how to reach it",
	[PHRASE_ABOUT_AFFILIATE] = "that it earns from links to sellers",
	[PHRASE_SELL] = "that something is sold or bought",
	[PHRASE_SHIP] = "that something is sent",
	[PHRASE_PLACE] = "which country is meant",
	[PHRASE_NOT] = "that something is not so",
	[PHRASE_VENDOR] = "that a seller speaks, of customers, goods or orders of its own",
	[PHRASE_MEDIA] = "that it is about a book, a film or a recording",
};

const char *gloss_phrase(enum phrase_class class)
{
	return said[class];
}

/* How the lexicon has a substance, in words that end with a country. */
static const char *standing_of(struct slice supply)
{
	static const struct {
		enum supply supply;
		const char *words;
	} rows[] = {
		{ SUPPLY_OTC, "on general sale" },
		{ SUPPLY_PHARMACY, "sold by pharmacists without prescription" },
		{ SUPPLY_RX, "prescription-only" },
		{ SUPPLY_CONTROLLED, "a controlled drug" },
		{ SUPPLY_UNAPPROVED, "not approved" },
		{ SUPPLY_WITHDRAWN, "withdrawn" },
		{ SUPPLY_BANNED, "banned" },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		if (slice_eq_str(supply, supply_name(rows[i].supply)))
			return rows[i].words;
	return NULL;
}

void gloss_put(const json_t *matched, struct slice place, struct buf *out)
{
	struct slice substance = json_str(matched, "substance"),
		     phrase = json_str(matched, "phrase");
	const char *standing = standing_of(json_str(matched, "supply"));
	enum phrase_class class;

	if (substance.n) {
		buf_printf(out, "name %.*s", SLICE_ARG(substance));
		if (standing)
			buf_printf(out, ", which the lexicon has as %s in %.*s", standing,
			           SLICE_ARG(place));
	} else if (phrase_class_parse(phrase, &class)) {
		buf_printf(out, "say %s", gloss_phrase(class));
	} else if (json_flag(matched, "price", false)) {
		buf_puts(out, "state a price");
	}
}

struct slice gloss_language(struct slice tag)
{
	static const struct {
		const char *tag, *name;
	} rows[] = {
		{ "ar", "Arabic" },
		{ "cs", "Czech" },
		{ "da", "Danish" },
		{ "de", "German" },
		{ "el", "Greek" },
		{ "en", "English" },
		{ "es", "Spanish" },
		{ "fi", "Finnish" },
		{ "fr", "French" },
		{ "hu", "Hungarian" },
		{ "it", "Italian" },
		{ "ja", "Japanese" },
		{ "ko", "Korean" },
		{ "ms", "Malay" },
		{ "nl", "Dutch" },
		{ "no", "Norwegian" },
		{ "pl", "Polish" },
		{ "pt", "Portuguese" },
		{ "ro", "Romanian" },
		{ "ru", "Russian" },
		{ "sk", "Slovak" },
		{ "sv", "Swedish" },
		{ "th", "Thai" },
		{ "tr", "Turkish" },
		{ "uk", "Ukrainian" },
		{ "zh-Hans", "Chinese, simplified" },
		{ "zh-Hant", "Chinese, traditional" },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		if (slice_eq_str(tag, rows[i].tag))
			return slice_str(rows[i].name);
	return tag;
}
