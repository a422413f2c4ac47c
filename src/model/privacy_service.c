#include "model/privacy_service.h"

enum { TEXT_MAX = 256 };

/* clang-format off */
/* Parts of a text in lower case that no honest registrant's name holds. */
static const struct { const char *part, *service; } services[] = {
	{ "domains by proxy", "Domains By Proxy" }, { "domainsbyproxy", "Domains By Proxy" },
	{ "registration private", "Domains By Proxy" },
	{ "whoisguard", "WhoisGuard" }, { "withheld for privacy", "Withheld for Privacy" },
	{ "withheldforprivacy", "Withheld for Privacy" },
	{ "privacy service provided by withheld", "Withheld for Privacy" },
	{ "contact privacy inc", "Contact Privacy" }, { "contactprivacy", "Contact Privacy" },
	{ "perfect privacy", "Perfect Privacy" }, { "networksolutionsprivateregistration", "Perfect Privacy" },
	{ "private registration services", "Perfect Privacy" },
	{ "whois privacy protection service", "Whois Privacy Protection Service" },
	{ "whoisprivacyprotect", "Whois Privacy Protection Service" },
	{ "privacyprotect.org", "PrivacyProtect.org" }, { "privacy protect, llc", "PrivacyProtect.org" },
	{ "privacy protect llc", "PrivacyProtect.org" },
	{ "whois privacy services by domainca", "DomainCA" }, { "domain privacy service fbo", "Domain Privacy Service FBO" },
	{ "domain protection services", "Domain Protection Services" },
	{ "protecteddomainservices", "Domain Protection Services" },
	{ "protected domain services", "Domain Protection Services" },
	{ "see privacyguardian", "PrivacyGuardian.org" }, { "privacyguardian", "PrivacyGuardian.org" },
	{ "super privacy service", "Super Privacy Service" }, { "dynadot privacy", "Super Privacy Service" },
	{ "privacydotlink", "PrivacyDotLink" }, { "myprivacy.net", "MyPrivacy.net" },
	{ "whois privacy corp", "Whois Privacy Corp" }, { "whoisprivacycorp", "Whois Privacy Corp" },
	{ "identity protection service", "Identity Protection Service" },
	{ "identity-protect.org", "Identity Protection Service" },
	{ "moniker privacy services", "Moniker Privacy Services" }, { "monikerprivacy", "Moniker Privacy Services" },
	{ "fundacion privacy services", "Fundacion Privacy Services" },
	{ "privacy hero", "Privacy Hero" }, { "privacyhero", "Privacy Hero" },
	{ "1&1 internet inc. - http://1and1.com/contact", "1&1 Private Registration" },
	{ "oneandone private registration", "1&1 Private Registration" }, { "1and1-private-registration", "1&1 Private Registration" },
	{ "o-w-o.info", "OVH OwO" },
	{ "contact.gandi.net", "Gandi private registration" },
	{ "whoisprotectservice", "WhoisProtectService" }, { "whois protect service", "WhoisProtectService" },
	{ "global domain privacy", "Global Domain Privacy Services" },
	{ "proxy.dreamhost", "DreamHost Proxy" }, { "a happy dreamhost customer", "DreamHost Proxy" },
	{ "aliyun whois", "Alibaba privacy" }, { "whois.aliyun", "Alibaba privacy" },
	{ "whois agent", "Whois Agent" }, { "domain whois protect", "Domain Whois Protect" },
	{ "whois protection", "Whois protection" }, { "id shield", "ID Shield" }, { "idshield", "ID Shield" },
	{ "c/o whoisproxy", "WhoisProxy" }, { "whoisproxy", "WhoisProxy" },
	{ "statutory masking enabled", "Network Solutions statutory masking" },
	{ "whoisprotectservice.com", "WhoisProtectService" },
	{ "whois privacy protection", "Whois Privacy Protection Service" },
	{ "whois proxy", "WhoisProxy" }, { "whoisprivacy", "Whois privacy" }, { "whois privacy", "Whois privacy" },
	{ "domain id shield", "ID Shield" }, { "privatewhois", "PrivateWhois" }, { "private whois", "PrivateWhois" },
	{ "privacy.co.com", "Privacy.co.com" }, { "domain privacy", "Domain privacy" },
	{ "njalla", "1337 Services (Njalla)" }, { "1337 services", "1337 Services (Njalla)" },
	{ "anonymize, inc", "Anonymize" }, { "anonymize.com", "Anonymize" },
	{ "privacy protection", "Privacy protection" }, { "private person", "Private person (registry)" },
	{ "personal data operator protected", "R01 personal data protection" },
};

/* A text that is nothing but this, or that begins so. */
static const struct { const char *text; bool begins; } placeholders[] = {
	{ "redacted", true }, { "data redacted", true }, { "gdpr masked", true }, { "gdpr redacted", true },
	{ "not disclosed", true }, { "not shown", true }, { "non-public data", true },
	{ "data protected", true }, { "hidden", true }, { "masked", true }, { "withheld", false },
	{ "privacy", false }, { "private", false }, { "none", false }, { "n/a", false }, { "na", false },
	{ "not available", false }, { "not applicable", false }, { "-", false }, { "--", false },
	{ "---", false }, { ".", false }, { "null", false }, { "unknown", false }, { "undisclosed", true },
	{ "confidential", true }, { "protected", true }, { "personal data", true },
	{ "registrant of", true }, { "please query the rdds", true }, { "query the rdds", true },
	{ "please contact the registrar", true }, { "visit ", true }, { "contact the registrar", true },
	{ "select request email form", true }, { "select contact domain holder", true },
	{ "statutory masking", true }, { "not displayed", true }, { "restricted", false },
	{ "ano nymous", true }, { "anonymous", true }, { "see rdap", true },
	{ "this information is not", true }, { "information not disclosed", true },
	{ "~noaddress", true }, { "whois data masked", true },
};
/* clang-format on */

static size_t lower(struct slice s, char *out)
{
	size_t n = s.n < TEXT_MAX ? s.n : TEXT_MAX;

	for (size_t i = 0; i < n; i++)
		out[i] = ascii_lower(s.p[i]);
	return n;
}

const char *privacy_service_of(struct slice text)
{
	char buf[TEXT_MAX];
	struct slice s = slice_from(buf, lower(slice_trim(text), buf));

	for (size_t i = 0; s.n && i < sizeof(services) / sizeof(services[0]); i++)
		if (slice_find_slice(s, slice_str(services[i].part)) < s.n)
			return services[i].service;
	return NULL;
}

bool privacy_is_placeholder(struct slice text)
{
	char buf[TEXT_MAX];
	struct slice s = slice_from(buf, lower(slice_trim(text), buf));

	for (size_t i = 0; i < sizeof(placeholders) / sizeof(placeholders[0]); i++) {
		struct slice p = slice_str(placeholders[i].text);
		if (slice_eq(s, p) || (placeholders[i].begins && slice_starts(s, p)))
			return true;
	}
	return s.n == 0;
}
