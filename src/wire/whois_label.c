#include "wire/whois_label.h"

#include "wire/whois_lines.h"

struct row {
	const char *label;
	enum whois_field field;
};

/* clang-format off */
static const struct row rows[] = {
	{ "domain name", WHOIS_DOMAIN }, { "domain", WHOIS_DOMAIN }, { "domainname", WHOIS_DOMAIN },
	{ "query", WHOIS_DOMAIN }, { "complete domain name", WHOIS_DOMAIN }, { "dominio", WHOIS_DOMAIN },
	{ "nombre de dominio", WHOIS_DOMAIN }, { "nom de domaine", WHOIS_DOMAIN }, { "ace", WHOIS_DOMAIN },
	{ "domain name ace", WHOIS_DOMAIN }, { "nome de dominio", WHOIS_DOMAIN },

	{ "ドメイン名", WHOIS_DOMAIN }, { "도메인이름", WHOIS_DOMAIN },

	{ "domain id", WHOIS_HANDLE }, { "registry domain id", WHOIS_HANDLE }, { "roid", WHOIS_HANDLE },
	{ "domain name id", WHOIS_HANDLE },

	{ "creation date", WHOIS_CREATED }, { "created on", WHOIS_CREATED }, { "created", WHOIS_CREATED },
	{ "created date", WHOIS_CREATED }, { "registered", WHOIS_CREATED },
	{ "registered on", WHOIS_CREATED }, { "registered date", WHOIS_CREATED },
	{ "registration date", WHOIS_CREATED }, { "registration time", WHOIS_CREATED },
	{ "registration", WHOIS_CREATED }, { "domain registered", WHOIS_CREATED },
	{ "domain registration date", WHOIS_CREATED }, { "date registered", WHOIS_CREATED },
	{ "domain create date", WHOIS_CREATED }, { "domain created", WHOIS_CREATED },
	{ "record created", WHOIS_CREATED }, { "record created on", WHOIS_CREATED },
	{ "entry created", WHOIS_CREATED }, { "domain dateregistered", WHOIS_CREATED },
	{ "domain record activated", WHOIS_CREATED }, { "date approved", WHOIS_CREATED },
	{ "date created", WHOIS_CREATED }, { "creation time", WHOIS_CREATED },
	{ "domain name commencement date", WHOIS_CREATED }, { "acivated", WHOIS_CREATED },
	{ "activated on", WHOIS_CREATED }, { "activated", WHOIS_CREATED },
	{ "fecha de registro", WHOIS_CREATED }, { "fecha de creacion", WHOIS_CREATED },
	{ "date de creation", WHOIS_CREATED }, { "data de registo", WHOIS_CREATED },
	{ "date", WHOIS_CREATED }, { "create date", WHOIS_CREATED }, { "登録年月日", WHOIS_CREATED }, { "등록일", WHOIS_CREATED },
	 { "domain creation date", WHOIS_CREATED },

	{ "updated date", WHOIS_UPDATED }, { "last updated on", WHOIS_UPDATED },
	{ "last updated", WHOIS_UPDATED }, { "last update", WHOIS_UPDATED },
	{ "update date", WHOIS_UPDATED }, { "updated", WHOIS_UPDATED }, { "updated on", WHOIS_UPDATED },
	{ "changed", WHOIS_UPDATED }, { "modified", WHOIS_UPDATED }, { "last modified", WHOIS_UPDATED },
	{ "modified date", WHOIS_UPDATED }, { "modification date", WHOIS_UPDATED },
	{ "domain last updated date", WHOIS_UPDATED }, { "last updated date", WHOIS_UPDATED },
	{ "record last updated", WHOIS_UPDATED }, { "record last updated on", WHOIS_UPDATED },
	{ "record last modified", WHOIS_UPDATED }, { "record changed on", WHOIS_UPDATED },
	{ "entry updated", WHOIS_UPDATED }, { "domain datelastmodified", WHOIS_UPDATED },
	{ "domain last updated", WHOIS_UPDATED }, { "ultima actualizacion", WHOIS_UPDATED },
	{ "last modified date", WHOIS_UPDATED }, { "date last modified", WHOIS_UPDATED },
	{ "最終更新", WHOIS_UPDATED }, { "최근 정보 변경일", WHOIS_UPDATED },
	{ "domain record last updated", WHOIS_UPDATED }, { "database last updated on", WHOIS_UPDATED }, { "last modification", WHOIS_UPDATED },

	{ "registry expiry date", WHOIS_EXPIRES }, { "expiration date", WHOIS_EXPIRES },
	{ "expiry date", WHOIS_EXPIRES }, { "expires", WHOIS_EXPIRES }, { "expires on", WHOIS_EXPIRES },
	{ "expire date", WHOIS_EXPIRES }, { "expire", WHOIS_EXPIRES }, { "expiry", WHOIS_EXPIRES },
	{ "expiration time", WHOIS_EXPIRES }, { "expires at", WHOIS_EXPIRES },
	{ "domain expiration date", WHOIS_EXPIRES }, { "record expires on", WHOIS_EXPIRES },
	{ "record expired", WHOIS_EXPIRES }, { "record will expire on", WHOIS_EXPIRES },
	{ "paid till", WHOIS_EXPIRES }, { "renewal date", WHOIS_EXPIRES }, { "renewal", WHOIS_EXPIRES },
	{ "date renewal", WHOIS_EXPIRES }, { "exp date", WHOIS_EXPIRES }, { "expired", WHOIS_EXPIRES },
	{ "domain datebilleduntil", WHOIS_EXPIRES }, { "validity", WHOIS_EXPIRES },
	{ "valid date", WHOIS_EXPIRES }, { "valid until", WHOIS_EXPIRES },
	{ "domain currently expires", WHOIS_EXPIRES }, { "fecha de vencimiento", WHOIS_EXPIRES },
	{ "fecha de expiracion", WHOIS_EXPIRES }, { "data de expira\xc3\xa7\xc3\xa3o", WHOIS_EXPIRES },
	{ "domain expires", WHOIS_EXPIRES }, { "有効期限", WHOIS_EXPIRES }, { "사용 종료일", WHOIS_EXPIRES },
	 { "expire on", WHOIS_EXPIRES },

	{ "registrar registration expiration date", WHOIS_REGISTRAR_EXPIRES },
	{ "last transferred date", WHOIS_TRANSFERRED }, { "transferred", WHOIS_TRANSFERRED },
	{ "last transferred", WHOIS_TRANSFERRED }, { "transfer date", WHOIS_TRANSFERRED },
	{ "last transfer", WHOIS_TRANSFERRED },
	{ "deletion date", WHOIS_DELETED }, { "deleted", WHOIS_DELETED }, { "delete", WHOIS_DELETED },
	{ "date to delete", WHOIS_DELETED },

	{ "domain status", WHOIS_STATUS }, { "status", WHOIS_STATUS }, { "state", WHOIS_STATUS },
	{ "registration status", WHOIS_STATUS }, { "query status", WHOIS_STATUS },
	{ "domaintype", WHOIS_STATUS }, { "estatus del dominio", WHOIS_STATUS },
	{ "estado", WHOIS_STATUS }, { "ren status", WHOIS_STATUS }, { "状態", WHOIS_STATUS },
	{ "hold", WHOIS_HOLD },

	{ "registrar", WHOIS_REGISTRAR }, { "sponsoring registrar", WHOIS_REGISTRAR },
	{ "registrar name", WHOIS_REGISTRAR }, { "authorized agency", WHOIS_REGISTRAR },
	{ "registration service provider", WHOIS_REGISTRAR }, { "current registar", WHOIS_REGISTRAR },
	{ "registrar of record", WHOIS_REGISTRAR }, { "registered by", WHOIS_REGISTRAR },
	{ "registrado por", WHOIS_REGISTRAR }, { "current registrar", WHOIS_REGISTRAR }, { "등록대행자", WHOIS_REGISTRAR },
	
	{ "registered through", WHOIS_REGISTRAR }, { "registrar organization", WHOIS_REGISTRAR },
	{ "registrar information", WHOIS_REGISTRAR },
	{ "sponsoring registrar organization", WHOIS_REGISTRAR },
	{ "registrar iana id", WHOIS_REGISTRAR_ID }, { "sponsoring registrar iana id", WHOIS_REGISTRAR_ID },
	{ "registrar url", WHOIS_REGISTRAR_URL }, { "referral url", WHOIS_REGISTRAR_URL },
	{ "url", WHOIS_REGISTRAR_URL }, { "sponsoring registrar url", WHOIS_REGISTRAR_URL },
	{ "sponsoring registrar website", WHOIS_REGISTRAR_URL },
	{ "registrar website", WHOIS_REGISTRAR_URL }, { "registration url", WHOIS_REGISTRAR_URL },
	{ "registrar whois server", WHOIS_REGISTRAR_WHOIS }, { "whois server", WHOIS_REGISTRAR_WHOIS },
	{ "registrar whois", WHOIS_REGISTRAR_WHOIS },
	{ "refer", WHOIS_REFER }, { "whois", WHOIS_REFER },
	{ "registrar abuse contact email", WHOIS_ABUSE_MAIL },
	{ "registrar abuse contact phone", WHOIS_ABUSE_PHONE },
	{ "abuse contact email", WHOIS_ABUSE_MAIL }, { "abuse contact phone", WHOIS_ABUSE_PHONE },
	{ "registrar abuse email", WHOIS_ABUSE_MAIL }, { "trouble", WHOIS_ABUSE_MAIL },
	{ "reseller", WHOIS_RESELLER }, { "reseller name", WHOIS_RESELLER },
	{ "domain managers", WHOIS_RESELLER },

	{ "name server", WHOIS_NAMESERVER }, { "name servers", WHOIS_NAMESERVER },
	{ "nameserver", WHOIS_NAMESERVER }, { "nameservers", WHOIS_NAMESERVER },
	{ "nserver", WHOIS_NAMESERVER }, { "nservers", WHOIS_NAMESERVER }, { "dns", WHOIS_NAMESERVER },
	{ "domain servers", WHOIS_NAMESERVER }, { "domain servers in listed order", WHOIS_NAMESERVER },
	{ "dns servers", WHOIS_NAMESERVER }, { "domain nameservers", WHOIS_NAMESERVER },
	{ "servers", WHOIS_NAMESERVER }, { "name servers in the listed order", WHOIS_NAMESERVER },
	{ "domain name servers listed in order", WHOIS_NAMESERVER }, { "dns name", WHOIS_NAMESERVER },
	{ "current nameservers", WHOIS_NAMESERVER }, { "nameserver in listed order", WHOIS_NAMESERVER },
	{ "name server information", WHOIS_NAMESERVER }, { "nameserver information", WHOIS_NAMESERVER },
	{ "primary server", WHOIS_NAMESERVER }, { "secondary server", WHOIS_NAMESERVER },
	{ "primary ns", WHOIS_NAMESERVER }, { "secondary ns", WHOIS_NAMESERVER },
	{ "host name", WHOIS_NAMESERVER }, { "hostname", WHOIS_NAMESERVER }, { "ns", WHOIS_NAMESERVER },
	{ "domain server", WHOIS_NAMESERVER }, { "name servers information", WHOIS_NAMESERVER },
	{ "primary name server", WHOIS_NAMESERVER }, { "secondary name server", WHOIS_NAMESERVER },
	{ "servidor es de nombres de dominio", WHOIS_NAMESERVER },
	{ "servidores de nombre", WHOIS_NAMESERVER }, { "servidor", WHOIS_NAMESERVER },
	{ "ns1 hostname", WHOIS_NAMESERVER }, { "ns2 hostname", WHOIS_NAMESERVER },
	{ "ns3 hostname", WHOIS_NAMESERVER }, { "ns4 hostname", WHOIS_NAMESERVER },
	{ "ネームサーバ", WHOIS_NAMESERVER }, { "호스트이름", WHOIS_NAMESERVER },
	{ "primary server hostname", WHOIS_NAMESERVER }, { "secondary server hostname", WHOIS_NAMESERVER },
	{ "third server hostname", WHOIS_NAMESERVER }, { "fourth server hostname", WHOIS_NAMESERVER },
	{ "ns name", WHOIS_NAMESERVER }, { "dns servers in listed order", WHOIS_NAMESERVER },

	{ "dnssec", WHOIS_DNSSEC }, { "domain signed", WHOIS_DNSSEC }, { "signed", WHOIS_DNSSEC },
	{ "ds", WHOIS_DS }, { "ds rdata", WHOIS_DS }, { "ds record", WHOIS_DS }, { "dnskey", WHOIS_DS },
	{ "dnssec ds data", WHOIS_DS }, { "signing key", WHOIS_DS }, { "key tag", WHOIS_DS },
	{ "ds key tag", WHOIS_DS }, { "key1 tag", WHOIS_DS }, { "dsrecord", WHOIS_DS },

	{ "nic hdl", WHOIS_OBJECT }, { "nic hdl br", WHOIS_OBJECT }, { "nic handle", WHOIS_OBJECT },
	{ "contact id", WHOIS_OBJECT }, { "person", WHOIS_OBJECT }, { "personname", WHOIS_OBJECT },
	{ "role", WHOIS_OBJECT }, { "nsset", WHOIS_OBJECT }, { "keyset", WHOIS_OBJECT },
	{ "contact", WHOIS_OBJECT }, { "contact type", WHOIS_OBJECT }, { "nic", WHOIS_OBJECT },

	{ "holder c", WHOIS_NOTE }, { "owner c", WHOIS_NOTE }, { "admin c", WHOIS_NOTE },
	{ "tech c", WHOIS_NOTE }, { "zone c", WHOIS_NOTE }, { "billing c", WHOIS_NOTE },
	{ "source", WHOIS_NOTE }, { "ns list", WHOIS_NOTE }, { "nsl id", WHOIS_NOTE },
	{ "ds list", WHOIS_NOTE }, { "relevant dates", WHOIS_NOTE }, { "domain information", WHOIS_NOTE },
	{ "additional information", WHOIS_NOTE }, { "keys", WHOIS_NOTE }, { "flags", WHOIS_NOTE },
	{ "additional section", WHOIS_NOTE }, { "contact information", WHOIS_NOTE },
	{ "registrant type", WHOIS_NOTE }, { "domicile", WHOIS_NOTE }, { "database last updated", WHOIS_NOTE },
};

static const struct { const char *word; enum whois_role role; } roles[] = {
	{ "registrant contact information", WHOIS_REGISTRANT }, { "registrant contact", WHOIS_REGISTRANT },
	{ "registrant", WHOIS_REGISTRANT }, { "domain registrant", WHOIS_REGISTRANT },
	{ "owner contact", WHOIS_REGISTRANT }, { "owner", WHOIS_REGISTRANT },
	{ "domain owner", WHOIS_REGISTRANT }, { "domain owners registrant", WHOIS_REGISTRANT },
	{ "holder of domain name", WHOIS_REGISTRANT }, { "domain holder", WHOIS_REGISTRANT },
	{ "holder", WHOIS_REGISTRANT }, { "titular", WHOIS_REGISTRANT }, { "org", WHOIS_REGISTRANT },
	{ "organization using domain name", WHOIS_REGISTRANT }, { "registered for", WHOIS_REGISTRANT },
	{ "domain owners", WHOIS_REGISTRANT }, { "organisation using domain name", WHOIS_REGISTRANT },
	{ "登録者名", WHOIS_REGISTRANT }, { "등록인", WHOIS_REGISTRANT },
	{ "registrant code", WHOIS_REGISTRANT }, { "holder c", WHOIS_REGISTRANT },
	{ "owner c", WHOIS_REGISTRANT },
	{ "administrative contact information", WHOIS_ADMIN }, { "administrative contact", WHOIS_ADMIN },
	{ "adminstrative contact", WHOIS_ADMIN }, { "administrative contact agent", WHOIS_ADMIN },
	{ "admin contact", WHOIS_ADMIN }, { "admin c", WHOIS_ADMIN }, { "admin", WHOIS_ADMIN },
	{ "administrator", WHOIS_ADMIN }, { "administrative", WHOIS_ADMIN }, { "adm", WHOIS_ADMIN },
	{ "contacto administrativo", WHOIS_ADMIN }, { "administrative contacts", WHOIS_ADMIN },
	{ "technical contact information", WHOIS_TECH }, { "technical contacts", WHOIS_TECH },
	{ "technical contact", WHOIS_TECH }, { "tech contact", WHOIS_TECH }, { "tech c", WHOIS_TECH },
	{ "zone c", WHOIS_TECH }, { "tech", WHOIS_TECH }, { "tec", WHOIS_TECH },
	{ "technical", WHOIS_TECH }, { "contacto tecnico", WHOIS_TECH }, { "onsite", WHOIS_TECH },
	{ "contacto t\xc3\xa9" "cnico", WHOIS_TECH },
	{ "registrar technical contacts", WHOIS_TECH },
	{ "billing contact information", WHOIS_BILLING }, { "billing contact", WHOIS_BILLING },
	{ "billing contacts", WHOIS_BILLING },
	{ "billing c", WHOIS_BILLING }, { "billing", WHOIS_BILLING }, { "bill", WHOIS_BILLING },
	{ "contacto de cobranza", WHOIS_BILLING }, { "contacto financiero", WHOIS_BILLING },
	{ "invoicing party", WHOIS_BILLING },
};

static const struct { const char *word; enum whois_part part; } parts[] = {
	{ "name", WHOIS_NAME }, { "contact name", WHOIS_NAME }, { "nombre", WHOIS_NAME },
	{ "person", WHOIS_NAME }, { "personname", WHOIS_NAME }, { "full name", WHOIS_NAME },
	{ "role", WHOIS_NAME }, { "contact", WHOIS_NAME }, { "attention", WHOIS_NAME },
	{ "organization", WHOIS_ORGANISATION }, { "organisation", WHOIS_ORGANISATION },
	{ "organization name", WHOIS_ORGANISATION }, { "org", WHOIS_ORGANISATION },
	{ "company", WHOIS_ORGANISATION }, { "company name", WHOIS_ORGANISATION },
	{ "org name", WHOIS_ORGANISATION }, { "organizacion", WHOIS_ORGANISATION },
	{ "organizaci\xc3\xb3n", WHOIS_ORGANISATION }, { "contact organization", WHOIS_ORGANISATION },
	{ "company english name", WHOIS_ORGANISATION },
	{ "street", WHOIS_STREET }, { "address", WHOIS_STREET }, { "street address", WHOIS_STREET },
	{ "postal address", WHOIS_STREET }, { "direccion", WHOIS_STREET }, { "addr", WHOIS_STREET },
	{ "post address", WHOIS_STREET }, { "contact address", WHOIS_STREET },
	{ "city", WHOIS_CITY }, { "ciudad", WHOIS_CITY }, { "postal area", WHOIS_CITY },
	{ "contact city", WHOIS_CITY },
	{ "state province", WHOIS_REGION }, { "state", WHOIS_REGION }, { "province", WHOIS_REGION },
	{ "contact state province", WHOIS_REGION }, { "contact province", WHOIS_REGION },
	{ "postal code", WHOIS_POSTCODE }, { "postalcode", WHOIS_POSTCODE }, { "zip", WHOIS_POSTCODE },
	{ "zip code", WHOIS_POSTCODE }, { "zipcode", WHOIS_POSTCODE }, { "zip postal code", WHOIS_POSTCODE },
	{ "contact postal code", WHOIS_POSTCODE }, { "contact postalcode", WHOIS_POSTCODE },
	{ "country", WHOIS_COUNTRY }, { "country code", WHOIS_COUNTRY }, { "countrycode", WHOIS_COUNTRY },
	{ "country economy", WHOIS_COUNTRY }, { "pais", WHOIS_COUNTRY }, { "location", WHOIS_COUNTRY },
	{ "contact country", WHOIS_COUNTRY },
	{ "phone", WHOIS_PHONE }, { "tel", WHOIS_PHONE }, { "telephone", WHOIS_PHONE },
	{ "phone number", WHOIS_PHONE }, { "telefono", WHOIS_PHONE }, { "voice", WHOIS_PHONE },
	{ "contact phone", WHOIS_PHONE }, { "contact phone number", WHOIS_PHONE },
	{ "email", WHOIS_MAIL }, { "e mail", WHOIS_MAIL }, { "email address", WHOIS_MAIL },
	{ "e mailbox", WHOIS_MAIL }, { "mail", WHOIS_MAIL }, { "contact email", WHOIS_MAIL },
	{ "fax", WHOIS_NO_PART }, { "fax no", WHOIS_NO_PART }, { "fax number", WHOIS_NO_PART },
	{ "facsimile number", WHOIS_NO_PART }, { "id", WHOIS_NO_PART }, { "contact id", WHOIS_NO_PART },
	{ "phone ext", WHOIS_NO_PART }, { "fax ext", WHOIS_NO_PART }, { "contactid", WHOIS_NO_PART },
	{ "handle", WHOIS_NO_PART }, { "created", WHOIS_NO_PART }, { "updated", WHOIS_NO_PART },
	{ "last update", WHOIS_NO_PART }, { "changed", WHOIS_NO_PART }, { "type", WHOIS_NO_PART },
	{ "last modified", WHOIS_NO_PART }, { "registered", WHOIS_NO_PART }, { "nic hdl", WHOIS_NO_PART },
	{ "legal form", WHOIS_NO_PART }, { "language", WHOIS_NO_PART }, { "contact fax", WHOIS_NO_PART },
	{ "application purpose", WHOIS_NO_PART }, { "nexus category", WHOIS_NO_PART },
	{ "contact facsimile number", WHOIS_NO_PART }, { "status", WHOIS_NO_PART },
	{ "url", WHOIS_NO_PART }, { "modified", WHOIS_NO_PART },
};

static const struct row phrases[] = {
	{ "record created on ", WHOIS_CREATED }, { "record changed on ", WHOIS_UPDATED },
	{ "record expires on ", WHOIS_EXPIRES }, { "record last updated on ", WHOIS_UPDATED },
	{ "registered on ", WHOIS_CREATED }, { "record last modified on ", WHOIS_UPDATED },
};
/* clang-format on */

#define N(table) (sizeof(table) / sizeof((table)[0]))

enum whois_role whois_role_of(struct slice label)
{
	for (size_t i = 0; i < N(roles); i++)
		if (slice_eq_str(label, roles[i].word))
			return roles[i].role;
	return WHOIS_NO_ROLE;
}

bool whois_part_of(struct slice label, enum whois_part *out)
{
	for (size_t i = 0; i < N(parts); i++)
		if (slice_eq_str(label, parts[i].word)) {
			*out = parts[i].part;
			return true;
		}
	return false;
}

/* "registrant postal code": the longest role that a part follows. */
static bool contact_of(struct slice label, struct whois_meaning *out)
{
	static const char *const prefixes[] = { "registry ", "" };
	size_t longest = 0;

	for (size_t k = 0; k < N(prefixes); k++) {
		if (!slice_starts(label, slice_str(prefixes[k])))
			continue;
		struct slice rest = slice_sub(label, strlen(prefixes[k]), label.n);
		for (size_t i = 0; i < N(roles); i++) {
			struct slice word = slice_str(roles[i].word);
			enum whois_part part;
			if (word.n <= longest || !slice_starts(rest, word) ||
			    rest.n <= word.n + 1 || rest.p[word.n] != ' ' ||
			    !whois_part_of(slice_sub(rest, word.n + 1, rest.n), &part))
				continue;
			longest = word.n;
			*out = (struct whois_meaning){ WHOIS_CONTACT, roles[i].role, part };
		}
	}
	return longest > 0;
}

struct whois_meaning whois_meaning_of(struct slice label)
{
	struct whois_meaning m = { WHOIS_NO_FIELD, WHOIS_NO_ROLE, WHOIS_NO_PART };

	for (size_t i = 0; i < N(rows); i++)
		if (slice_eq_str(label, rows[i].label)) {
			m.field = rows[i].field;
			m.role = whois_role_of(label);
			return m;
		}
	m.role = whois_role_of(label);
	if (m.role != WHOIS_NO_ROLE) {
		m.field = WHOIS_CONTACT;
		m.part = WHOIS_WHOLE;
		return m;
	}
	contact_of(label, &m);
	return m;
}

bool whois_label_is_known(struct slice label)
{
	return whois_meaning_of(label).field != WHOIS_NO_FIELD;
}

bool whois_label_is_header(struct slice label)
{
	struct whois_meaning m = whois_meaning_of(label);

	return (m.field == WHOIS_CONTACT && m.part == WHOIS_WHOLE) || m.field == WHOIS_REGISTRAR ||
	       m.field == WHOIS_NAMESERVER || m.field == WHOIS_NOTE || m.field == WHOIS_DOMAIN ||
	       m.field == WHOIS_RESELLER || slice_eq_str(label, "dnssec");
}

bool whois_label_ends_section(struct slice label)
{
	struct whois_meaning m = whois_meaning_of(label);
	enum whois_part part;

	return m.field != WHOIS_NO_FIELD && !whois_part_of(label, &part) &&
	       m.field != WHOIS_NAMESERVER && m.field != WHOIS_REGISTRAR_URL &&
	       m.field != WHOIS_OBJECT && m.field != WHOIS_NOTE && m.field != WHOIS_ABUSE_MAIL;
}

size_t whois_label_phrase(struct slice line)
{
	for (size_t i = 0; i < N(phrases); i++) {
		struct slice phrase = slice_str(phrases[i].label);
		if (line.n > phrase.n && slice_eq_nocase(slice_sub(line, 0, phrase.n), phrase))
			return phrase.n;
	}
	return 0;
}
