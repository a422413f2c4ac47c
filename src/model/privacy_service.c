#include "model/privacy_service.h"

enum { TEXT_MAX = 256 };

/* clang-format off */
/* Parts of a text in lower case that no honest registrant's name holds. */
static const struct {
	const char *service, *parts; /* between bars */
} services[] = {
	{ "Domains By Proxy", "|domains by proxy|domainsbyproxy|registration private|" },
	{ "WhoisGuard", "|whoisguard|" },
	{ "Withheld for Privacy",
	  "|withheld for privacy|withheldforprivacy|privacy service provided by withheld|" },
	{ "Contact Privacy", "|contact privacy inc|contactprivacy|" },
	{ "Perfect Privacy",
	  "|perfect privacy|networksolutionsprivateregistration|"
	  "private registration services|" },
	{ "Whois Privacy Protection Service",
	  "|whois privacy protection service|whoisprivacyprotect|whois privacy protection|" },
	{ "PrivacyProtect.org", "|privacyprotect.org|privacy protect, llc|privacy protect llc|" },
	{ "DomainCA", "|whois privacy services by domainca|" },
	{ "Domain Privacy Service FBO", "|domain privacy service fbo|" },
	{ "Domain Protection Services",
	  "|domain protection services|protecteddomainservices|protected domain services|" },
	{ "PrivacyGuardian.org", "|see privacyguardian|privacyguardian|" },
	{ "Super Privacy Service", "|super privacy service|dynadot privacy|" },
	{ "PrivacyDotLink", "|privacydotlink|" },
	{ "MyPrivacy.net", "|myprivacy.net|" },
	{ "Whois Privacy Corp", "|whois privacy corp|whoisprivacycorp|" },
	{ "Identity Protection Service", "|identity protection service|identity-protect.org|" },
	{ "Moniker Privacy Services", "|moniker privacy services|monikerprivacy|" },
	{ "Fundacion Privacy Services", "|fundacion privacy services|" },
	{ "Privacy Hero", "|privacy hero|privacyhero|" },
	{ "1&1 Private Registration",
	  "|1&1 internet inc. - http://1and1.com/contact|oneandone private registration|"
	  "1and1-private-registration|" },
	{ "OVH OwO", "|o-w-o.info|" },
	{ "Gandi private registration", "|contact.gandi.net|" },
	{ "WhoisProtectService",
	  "|whoisprotectservice|whois protect service|whoisprotectservice.com|" },
	{ "Global Domain Privacy Services", "|global domain privacy|" },
	{ "DreamHost Proxy", "|proxy.dreamhost|a happy dreamhost customer|" },
	{ "Alibaba privacy", "|aliyun whois|whois.aliyun|" },
	{ "Whois Agent", "|whois agent|" },
	{ "Domain Whois Protect", "|domain whois protect|" },
	{ "Whois protection", "|whois protection|" },
	{ "ID Shield", "|id shield|idshield|domain id shield|" },
	{ "WhoisProxy", "|c/o whoisproxy|whoisproxy|whois proxy|" },
	{ "Network Solutions statutory masking", "|statutory masking enabled|" },
	{ "Whois privacy", "|whoisprivacy|whois privacy|" },
	{ "PrivateWhois", "|privatewhois|private whois|" },
	{ "Privacy.co.com", "|privacy.co.com|" },
	{ "Domain privacy", "|domain privacy|" },
	{ "1337 Services (Njalla)", "|njalla|1337 services|" },
	{ "Anonymize", "|anonymize, inc|anonymize.com|" },
	{ "Privacy protection", "|privacy protection|" },
	{ "Private person (registry)", "|private person|" },
	{ "R01 personal data protection", "|personal data operator protected|" },
};

/* Texts that are nothing but this. */
static const char whole[] =
	"|withheld|privacy|private|none|n/a|na|not available|not applicable|-|--|---|.|null|"
	"unknown|restricted|";

/* And texts that begin so. */
static const char beginnings[] =
	"|redacted|data redacted|gdpr masked|gdpr redacted|not disclosed|not shown|"
	"non-public data|data protected|hidden|masked|undisclosed|confidential|protected|"
	"personal data|registrant of|please query the rdds|query the rdds|"
	"please contact the registrar|visit |contact the registrar|select request email form|"
	"select contact domain holder|statutory masking|not displayed|ano nymous|anonymous|"
	"see rdap|this information is not|information not disclosed|~noaddress|"
	"whois data masked|";
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
	struct slice s = slice_from(buf, lower(slice_trim(text), buf)), one;

	for (size_t i = 0; s.n && i < sizeof(services) / sizeof(services[0]); i++)
		for (struct slice rest = slice_str(services[i].parts); slice_cut(&rest, '|', &one);)
			if (one.n && slice_find_slice(s, one) < s.n)
				return services[i].service;
	return NULL;
}

bool privacy_is_placeholder(struct slice text)
{
	char buf[TEXT_MAX];
	struct slice s = slice_from(buf, lower(slice_trim(text), buf)), one;

	for (struct slice rest = slice_str(whole); slice_cut(&rest, '|', &one);)
		if (slice_eq(s, one))
			return true;
	for (struct slice rest = slice_str(beginnings); slice_cut(&rest, '|', &one);)
		if (one.n && slice_starts(s, one))
			return true;
	return s.n == 0;
}
