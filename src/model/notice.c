#include "model/notice.h"

static const char *const to_names[NOTICE_TOS] = {
	[NOTICE_REGISTRAR] = "registrar",     [NOTICE_RESELLER] = "reseller",
	[NOTICE_REGISTRY] = "registry",       [NOTICE_HOST] = "host",
	[NOTICE_SEARCH] = "search",           [NOTICE_ADVERTISING] = "advertising",
	[NOTICE_PAYMENT] = "payment",         [NOTICE_PLATFORM] = "platform",
	[NOTICE_AUTHORITY] = "authority",     [NOTICE_OWNER] = "owner",
	[NOTICE_RIGHTS] = "rights",
};

static const char *const action_names[NOTICE_ACTIONS] = {
	[NOTICE_SUSPEND] = "suspend",
	[NOTICE_SUSPEND_AND_LOCK] = "suspend_and_lock",
	[NOTICE_DISABLE_DNS] = "disable_dns",
	[NOTICE_REMOVE_CONTENT] = "remove_content",
	[NOTICE_STOP_PAYMENT] = "stop_payment",
	[NOTICE_DISCLOSE] = "disclose",
	[NOTICE_NONE] = "none",
};

static const char *const matter_names[NOTICE_MATTERS] = {
	[MATTER_ROGUE] = "rogue",
	[MATTER_UNAPPROVED] = "unapproved",
	[MATTER_REGISTRATION] = "registration",
	[MATTER_COMPROMISED] = "compromised",
	[MATTER_STATEMENT] = "statement",
};

static const char *const purpose_names[NOTICE_PURPOSES] = {
	[PURPOSE_REQUEST] = "request",
	[PURPOSE_RETRACTION] = "retraction",
	[PURPOSE_ARRIVED] = "arrived",
	[PURPOSE_DEPARTED] = "departed",
};

static const char *const interest_names[NOTICE_INTERESTS] = {
	[INTEREST_HEALTH] = "health",
	[INTEREST_CONSUMER] = "consumer",
	[INTEREST_TRADEMARK] = "trademark",
	[INTEREST_OTHER] = "other",
};

static const char *const basis_names[NOTICE_BASES] = {
	[BASIS_LAW] = "law",
	[BASIS_MANDATE] = "mandate",
	[BASIS_CONTRACT] = "contract",
	[BASIS_VOLUNTARY] = "voluntary",
};

static const char *const outcome_names[NOTICE_OUTCOMES] = {
	[OUTCOME_PENDING] = "pending",   [OUTCOME_ACKNOWLEDGED] = "acknowledged",
	[OUTCOME_ACTED] = "acted",       [OUTCOME_PARTLY] = "partly",
	[OUTCOME_REFUSED] = "refused",   [OUTCOME_SILENT] = "silent",
	[OUTCOME_BOUNCED] = "bounced",   [OUTCOME_MOVED] = "moved",
	[OUTCOME_WITHDRAWN] = "withdrawn",
};

/* The number of a word, or n. */
static size_t find(const char *const *names, size_t n, struct slice word)
{
	size_t i = 0;

	while (i < n && !slice_eq(slice_str(names[i]), word))
		i++;
	return i;
}

static const char *const class_names[REPLY_CLASSES] = {
	[REPLY_ACKNOWLEDGEMENT] = "acknowledgement",
	[REPLY_TICKET] = "ticket",
	[REPLY_REFUSAL] = "refusal",
	[REPLY_REQUEST] = "request",
	[REPLY_CLAIM] = "claim",
	[REPLY_BOUNCE] = "bounce",
	[REPLY_DELAY] = "delay",
	[REPLY_OTHER] = "other",
};

#define WORDS(type, what, list, count)                                                              \
	const char *what##_name(type value)                                                         \
	{                                                                                           \
		return (list)[value];                                                               \
	}                                                                                           \
                                                                                                    \
	bool what##_parse(struct slice word, type *out)                                             \
	{                                                                                           \
		size_t i = find(list, count, word);                                                 \
                                                                                                    \
		if (i == (count))                                                                   \
			return false;                                                               \
		*out = (type)i;                                                                     \
		return true;                                                                        \
	}

WORDS(enum notice_to, notice_to, to_names, NOTICE_TOS)
WORDS(enum notice_action, notice_action, action_names, NOTICE_ACTIONS)
WORDS(enum notice_matter, notice_matter, matter_names, NOTICE_MATTERS)
WORDS(enum notice_purpose, notice_purpose, purpose_names, NOTICE_PURPOSES)
WORDS(enum notice_interest, notice_interest, interest_names, NOTICE_INTERESTS)
WORDS(enum notice_basis, notice_basis, basis_names, NOTICE_BASES)
WORDS(enum reply_class, reply_class, class_names, REPLY_CLASSES)
WORDS(enum notice_outcome, notice_outcome, outcome_names, NOTICE_OUTCOMES)

bool notice_reaches_everywhere(enum notice_to to)
{
	return to < NOTICE_HOST;
}
