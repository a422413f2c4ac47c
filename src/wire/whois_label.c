#include "wire/whois_label.h"

#include "wire/whois_lines.h"

/* Labels of one meaning, each between two bars. */
struct words {
	int meaning; /* enum whois_field, whois_role or whois_part */
	const char *labels;
};

/* clang-format off */
static const struct words fields[] = {
	{ WHOIS_DOMAIN,
	  "|domain name|domain|domainname|query|complete domain name|dominio|"
	  "nombre de dominio|nom de domaine|ace|domain name ace|nome de dominio|ドメイン名|도메인이름|" },
	{ WHOIS_HANDLE,
	  "|domain id|registry domain id|roid|domain name id|" },
	{ WHOIS_CREATED,
	  "|creation date|created on|created|created date|registered|registered on|"
	  "registered date|registration date|registration time|registration|"
	  "domain registered|domain registration date|date registered|domain create date|"
	  "domain created|record created|record created on|entry created|"
	  "domain dateregistered|domain record activated|date approved|date created|"
	  "creation time|domain name commencement date|acivated|activated on|activated|"
	  "fecha de registro|fecha de creacion|date de creation|data de registo|date|"
	  "create date|登録年月日|등록일|domain creation date|" },
	{ WHOIS_UPDATED,
	  "|updated date|last updated on|last updated|last update|update date|updated|"
	  "updated on|changed|modified|last modified|modified date|modification date|"
	  "domain last updated date|last updated date|record last updated|"
	  "record last updated on|record last modified|record changed on|entry updated|"
	  "domain datelastmodified|domain last updated|ultima actualizacion|"
	  "last modified date|date last modified|最終更新|최근 정보 변경일|domain record last updated|"
	  "database last updated on|last modification|" },
	{ WHOIS_EXPIRES,
	  "|registry expiry date|expiration date|expiry date|expires|expires on|expire date|"
	  "expire|expiry|expiration time|expires at|domain expiration date|record expires on|"
	  "record expired|record will expire on|paid till|renewal date|renewal|date renewal|"
	  "exp date|expired|domain datebilleduntil|validity|valid date|valid until|"
	  "domain currently expires|fecha de vencimiento|fecha de expiracion|"
	  "data de expiração|domain expires|有効期限|사용 종료일|expire on|" },
	{ WHOIS_REGISTRAR_EXPIRES,
	  "|registrar registration expiration date|" },
	{ WHOIS_TRANSFERRED,
	  "|last transferred date|transferred|last transferred|transfer date|last transfer|" },
	{ WHOIS_DELETED,
	  "|deletion date|deleted|delete|date to delete|" },
	{ WHOIS_STATUS,
	  "|domain status|status|state|registration status|query status|domaintype|"
	  "estatus del dominio|estado|ren status|状態|" },
	{ WHOIS_HOLD,
	  "|hold|" },
	{ WHOIS_REGISTRAR,
	  "|registrar|sponsoring registrar|registrar name|authorized agency|"
	  "registration service provider|current registar|registrar of record|registered by|"
	  "registrado por|current registrar|등록대행자|registered through|registrar organization|"
	  "registrar information|sponsoring registrar organization|" },
	{ WHOIS_REGISTRAR_ID,
	  "|registrar iana id|sponsoring registrar iana id|" },
	{ WHOIS_REGISTRAR_URL,
	  "|registrar url|referral url|url|sponsoring registrar url|"
	  "sponsoring registrar website|registrar website|registration url|" },
	{ WHOIS_REGISTRAR_WHOIS,
	  "|registrar whois server|whois server|registrar whois|" },
	{ WHOIS_REFER,
	  "|refer|whois|" },
	{ WHOIS_ABUSE_MAIL,
	  "|registrar abuse contact email|abuse contact email|registrar abuse email|trouble|" },
	{ WHOIS_ABUSE_PHONE,
	  "|registrar abuse contact phone|abuse contact phone|" },
	{ WHOIS_RESELLER,
	  "|reseller|reseller name|domain managers|" },
	{ WHOIS_NAMESERVER,
	  "|name server|name servers|nameserver|nameservers|nserver|nservers|dns|"
	  "domain servers|domain servers in listed order|dns servers|domain nameservers|"
	  "servers|name servers in the listed order|domain name servers listed in order|"
	  "dns name|current nameservers|nameserver in listed order|name server information|"
	  "nameserver information|primary server|secondary server|primary ns|secondary ns|"
	  "host name|hostname|ns|domain server|name servers information|primary name server|"
	  "secondary name server|servidor es de nombres de dominio|servidores de nombre|"
	  "servidor|ns1 hostname|ns2 hostname|ns3 hostname|ns4 hostname|ネームサーバ|호스트이름|"
	  "primary server hostname|secondary server hostname|third server hostname|"
	  "fourth server hostname|ns name|dns servers in listed order|" },
	{ WHOIS_DNSSEC,
	  "|dnssec|domain signed|signed|" },
	{ WHOIS_DS,
	  "|ds|ds rdata|ds record|dnskey|dnssec ds data|signing key|key tag|ds key tag|"
	  "key1 tag|dsrecord|" },
	{ WHOIS_OBJECT,
	  "|nic hdl|nic hdl br|nic handle|contact id|person|personname|role|nsset|keyset|"
	  "contact|contact type|nic|" },
	{ WHOIS_NOTE,
	  "|holder c|owner c|admin c|tech c|zone c|billing c|source|ns list|nsl id|ds list|"
	  "relevant dates|domain information|additional information|keys|flags|"
	  "additional section|contact information|registrant type|domicile|"
	  "database last updated|" },
};

static const struct words roles[] = {
	{ WHOIS_REGISTRANT,
	  "|registrant contact information|registrant contact|registrant|domain registrant|"
	  "owner contact|owner|domain owner|domain owners registrant|holder of domain name|"
	  "domain holder|holder|titular|org|organization using domain name|registered for|"
	  "domain owners|organisation using domain name|登録者名|등록인|registrant code|holder c|"
	  "owner c|" },
	{ WHOIS_ADMIN,
	  "|administrative contact information|administrative contact|adminstrative contact|"
	  "administrative contact agent|admin contact|admin c|admin|administrator|"
	  "administrative|adm|contacto administrativo|administrative contacts|" },
	{ WHOIS_TECH,
	  "|technical contact information|technical contacts|technical contact|tech contact|"
	  "tech c|zone c|tech|tec|technical|contacto tecnico|onsite|contacto técnico|"
	  "registrar technical contacts|" },
	{ WHOIS_BILLING,
	  "|billing contact information|billing contact|billing contacts|billing c|billing|"
	  "bill|contacto de cobranza|contacto financiero|invoicing party|" },
};

static const struct words parts[] = {
	{ WHOIS_NAME,
	  "|name|contact name|nombre|person|personname|full name|role|contact|attention|" },
	{ WHOIS_ORGANISATION,
	  "|organization|organisation|organization name|org|company|company name|org name|"
	  "organizacion|organización|contact organization|company english name|" },
	{ WHOIS_STREET,
	  "|street|address|street address|postal address|direccion|addr|post address|"
	  "contact address|" },
	{ WHOIS_CITY,
	  "|city|ciudad|postal area|contact city|" },
	{ WHOIS_REGION,
	  "|state province|state|province|contact state province|contact province|" },
	{ WHOIS_POSTCODE,
	  "|postal code|postalcode|zip|zip code|zipcode|zip postal code|contact postal code|"
	  "contact postalcode|" },
	{ WHOIS_COUNTRY,
	  "|country|country code|countrycode|country economy|pais|location|contact country|" },
	{ WHOIS_PHONE,
	  "|phone|tel|telephone|phone number|telefono|voice|contact phone|"
	  "contact phone number|" },
	{ WHOIS_MAIL,
	  "|email|e mail|email address|e mailbox|mail|contact email|" },
	{ WHOIS_NO_PART,
	  "|fax|fax no|fax number|facsimile number|id|contact id|phone ext|fax ext|contactid|"
	  "handle|created|updated|last update|changed|type|last modified|registered|nic hdl|"
	  "legal form|language|contact fax|application purpose|nexus category|"
	  "contact facsimile number|status|url|modified|" },
};

/* Labels that a value follows without a colon. */
static const char *const phrases[] = {
	"record created on ", "record changed on ", "record expires on ", "record last updated on ",
	"registered on ", "record last modified on ",
};
/* clang-format on */

#define N(table) (sizeof(table) / sizeof((table)[0]))

/* The meaning of a label, by the first table row that holds it; -1 where none does. */
static int meaning_in(const struct words *table, size_t n, struct slice label)
{
	char barred[WHOIS_LABEL_MAX + 2];
	struct slice needle = { barred, label.n + 2 };

	if (!label.n || label.n > WHOIS_LABEL_MAX)
		return -1;
	barred[0] = barred[label.n + 1] = '|';
	memcpy(barred + 1, label.p, label.n);
	for (size_t i = 0; i < n; i++) {
		struct slice labels = slice_str(table[i].labels);
		if (slice_find_slice(labels, needle) < labels.n)
			return table[i].meaning;
	}
	return -1;
}

enum whois_role whois_role_of(struct slice label)
{
	int role = meaning_in(roles, N(roles), label);

	return role < 0 ? WHOIS_NO_ROLE : (enum whois_role)role;
}

bool whois_part_of(struct slice label, enum whois_part *out)
{
	int part = meaning_in(parts, N(parts), label);

	if (part >= 0)
		*out = (enum whois_part)part;
	return part >= 0;
}

/* "registrant postal code": the longest role that a part follows. */
static bool contact_of(struct slice label, struct whois_meaning *out)
{
	if (slice_starts(label, SLICE("registry ")))
		label = slice_sub(label, 9, label.n);
	for (size_t i = label.n; i > 0; i--) {
		enum whois_part part;
		enum whois_role role;
		if (label.p[i - 1] != ' ')
			continue;
		role = whois_role_of(slice_sub(label, 0, i - 1));
		if (role == WHOIS_NO_ROLE || !whois_part_of(slice_sub(label, i, label.n), &part))
			continue;
		*out = (struct whois_meaning){ WHOIS_CONTACT, role, part };
		return true;
	}
	return false;
}

struct whois_meaning whois_meaning_of(struct slice label)
{
	struct whois_meaning m = { WHOIS_NO_FIELD, whois_role_of(label), WHOIS_NO_PART };
	int field = meaning_in(fields, N(fields), label);

	if (field >= 0) {
		m.field = (enum whois_field)field;
	} else if (m.role != WHOIS_NO_ROLE) {
		m.field = WHOIS_CONTACT;
		m.part = WHOIS_WHOLE;
	} else {
		contact_of(label, &m);
	}
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
		struct slice phrase = slice_str(phrases[i]);
		if (line.n > phrase.n && slice_eq_nocase(slice_sub(line, 0, phrase.n), phrase))
			return phrase.n;
	}
	return 0;
}
