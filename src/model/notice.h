/* A notice: a request about one or many domains to somebody who can act on them.
 *
 *   case       what belongs together: the name of a network, or the key of the one subject. One case
 *              has a notice for each recipient, and grows comments, never a second notice
 *   annex      per subject: what was decided, found, captured, and who holds the registration.
 *              A bare list of names is no notice
 *   law        why this recipient, of all, is asked: chosen by act/basis.h
 *   owns       nothing: all texts lie in one arena, or are their maker's
 *
 * A notice is drawn up from the store (cmd/notice_case.h), judged (act/check.h) and written out
 * (act/letter.h, act/xarf.h, act/arf.h); doc/format/notice.md says what each field is for, and
 * doc/format/record.md how it is kept. */
#ifndef MODEL_NOTICE_H
#define MODEL_NOTICE_H

#include "base/sha256.h"
#include "base/slice.h"
#include "model/subject.h"
#include "model/vantage.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* "No time". */
#define NOTICE_NEVER INT64_MIN

/* Who is asked. Those before NOTICE_HOST take a name off the whole Internet. */
enum notice_to {
	NOTICE_REGISTRAR,
	NOTICE_RESELLER,
	NOTICE_REGISTRY,
	NOTICE_HOST,        /* hosting provider or CDN, by address */
	NOTICE_SEARCH,
	NOTICE_ADVERTISING,
	NOTICE_PAYMENT,     /* processor or card scheme */
	NOTICE_PLATFORM,    /* social or shop platform */
	NOTICE_AUTHORITY,   /* referral to law enforcement: nothing is asked for */
	NOTICE_OWNER,       /* of a site that somebody misuses */
	NOTICE_RIGHTS,      /* a rights holder, for a statement */
};
enum { NOTICE_TOS = NOTICE_RIGHTS + 1 };

enum notice_action {
	NOTICE_SUSPEND,
	NOTICE_SUSPEND_AND_LOCK,
	NOTICE_DISABLE_DNS,
	NOTICE_REMOVE_CONTENT,
	NOTICE_STOP_PAYMENT,
	NOTICE_DISCLOSE,
	NOTICE_NONE,
};
enum { NOTICE_ACTIONS = NOTICE_NONE + 1 };

/* What it is about. */
enum notice_matter {
	MATTER_ROGUE,       /* rogue: sold in knowing and substantial breach, wherever it is judged from */
	MATTER_UNAPPROVED,  /* a fault for some destination; never fraud */
	MATTER_REGISTRATION, /* registered with a stolen identity or card */
	MATTER_COMPROMISED, /* an innocent site misused: to its owner and host alone */
	MATTER_STATEMENT,   /* "not authorised by us": asked of a rights holder */
};
enum { NOTICE_MATTERS = MATTER_STATEMENT + 1 };

enum notice_purpose {
	PURPOSE_REQUEST,
	PURPOSE_RETRACTION, /* a decision was corrected: what was asked for is asked no more */
	PURPOSE_ARRIVED,    /* to a gaining registrar or reseller: a request with its history */
	PURPOSE_DEPARTED,   /* to a losing one: it is no more asked of them */
};
enum { NOTICE_PURPOSES = PURPOSE_DEPARTED + 1 };

enum notice_interest { INTEREST_HEALTH, INTEREST_CONSUMER, INTEREST_TRADEMARK, INTEREST_OTHER };
enum { NOTICE_INTERESTS = INTEREST_OTHER + 1 };

/* By what a recipient is bound. Results are counted apart by it. */
enum notice_basis {
	BASIS_LAW,       /* a statute that binds this recipient */
	BASIS_MANDATE,   /* RAA 3.18.3: an authority designated where the registrar has an office */
	BASIS_CONTRACT,  /* RAA 3.18.1, its own terms */
	BASIS_VOLUNTARY,
};
enum { NOTICE_BASES = BASIS_VOLUNTARY + 1 };

/* The words of records and options: "suspend_and_lock". The parse functions answer false for another
 * word. */
const char *notice_to_name(enum notice_to to);
const char *notice_action_name(enum notice_action action);
const char *notice_matter_name(enum notice_matter matter);
const char *notice_purpose_name(enum notice_purpose purpose);
const char *notice_interest_name(enum notice_interest interest);
const char *notice_basis_name(enum notice_basis basis);
bool notice_to_parse(struct slice word, enum notice_to *out);
bool notice_action_parse(struct slice word, enum notice_action *out);
bool notice_matter_parse(struct slice word, enum notice_matter *out);
bool notice_purpose_parse(struct slice word, enum notice_purpose *out);
bool notice_interest_parse(struct slice word, enum notice_interest *out);
bool notice_basis_parse(struct slice word, enum notice_basis *out);

/* Whether what it can do takes a name off the whole Internet (DESIGN, rule 10). */
bool notice_reaches_everywhere(enum notice_to to);

/* ---- the recipient ---- */

/* How its address was learnt, and how fresh that is. */
struct notice_contact {
	struct slice address;  /* mail: "abuse@registrar.example"; empty: none is known */
	struct slice form;     /* https address of a form, where it takes no mail; may be empty */
	struct slice source;   /* "rdap", "whois", "directory", "security.txt" */
	int64_t at;            /* when it was last seen there */
	struct sha256 record;  /* observation that shows it; all zero: none (a directory's row) */
};

struct notice_recipient {
	enum notice_to to;
	struct slice key;      /* stable, what scores count by: "registrar:99001" (number at IANA),
	                          "reseller:hanabi web services", "host:as64500", "host:kumo" */
	struct slice name;     /* as published; never a natural person's */
	int64_t iana_id;       /* registrar; 0: none known */
	const struct slice *country; /* where it is established or has an office, as far as known */
	size_t country_n;
	struct slice tld;      /* registry: which */
	struct slice terms;    /* address of its own terms that this falls under; may be empty */
	struct slice terms_says; /* what they say, in our words */
	const struct slice *demand; /* what it asks of reporters (directory), in our words */
	size_t demand_n;
	struct notice_contact contact;
};

/* ---- the annex ---- */

struct notice_law {
	struct slice cite, says;
};

struct notice_quote {
	struct slice quote;    /* personal data masked; UTF-8 */
	struct slice url, vantage;
	int64_t at;
	struct sha256 evidence;
};

struct notice_finding {
	struct sha256 id;
	struct slice rule, text; /* "jp-rx-without-prescription", its sentence */
	struct slice destination; /* "JP" */
	struct slice severity; /* "rogue" */
	bool global;           /* its ground does not hang on the law of one destination */
	const struct notice_law *law;
	size_t law_n;
	const struct notice_quote *quote;
	size_t quote_n;
};

/* A capture, and how to make it again. */
struct notice_capture {
	struct sha256 evidence; /* what is expected, byte for byte where the page did not change */
	struct slice url, vantage;
	int64_t at;
	int64_t status;         /* HTTP; 0 unknown */
	const struct vantage *profile; /* country, headers, referrer; NULL: not known any more */
	struct slice expect;    /* a text that is seen there */
	bool hidden;            /* other vantages were shown something else */
	struct slice others;    /* ... which and what, in a few words; or empty */
};

/* Of the newest observation of its registration. */
struct notice_registration {
	struct slice registrar, reseller; /* may be empty */
	int64_t registrar_id;   /* 0: not published */
	int64_t created;        /* begins the period; NOTICE_NEVER */
	int64_t at;             /* observed; NOTICE_NEVER: never */
	const struct slice *status; /* EPP's spelling */
	size_t status_n;
	const struct slice *nameserver;
	size_t nameserver_n;
	bool verified;          /* registry or register says that the operator's identity was proven */
	bool suspected_victim;  /* the registrant's identity is thought stolen: nothing of it is shown */
	struct sha256 record;
};

struct notice_subject {
	struct subject subject;
	int64_t period;         /* registration period, or NOTICE_NEVER */
	struct slice class, ground; /* in force for `destination`, the gravest */
	const struct slice *destination;
	size_t destination_n;
	struct sha256 decision, verdict; /* zero where there is none */
	int64_t decided;        /* when it came into force */
	int64_t entry;          /* of the decision in the ledger; -1 */
	bool foreign_legal;     /* licensed where it dispenses: some cell says so */
	bool abused;            /* abused_legit: an innocent site is misused */
	bool legitimate;        /* some destination's decision or verdict says legitimate */
	struct slice network;   /* may be empty */
	const struct slice *group; /* classes of drugs (lexicon's) that it offers, where a mandate asks */
	size_t group_n;
	const struct notice_finding *finding;
	size_t finding_n;
	const struct notice_capture *capture;
	size_t capture_n;
	struct notice_registration registration;
	const struct slice *ip; /* addresses of its site, newest observation */
	size_t ip_n;
	int64_t ip_at;
	/* Collateral damage: what else would go with it. */
	size_t tenants;         /* other subjects under this name that are known */
	bool platform;          /* the name is a platform's */
	bool popular;           /* it stands in the list of popular names */
	struct slice collateral; /* a reviewer's statement on it; may be empty */
};

/* ---- earlier in the same case ---- */

struct notice_past {
	struct sha256 notice;
	struct slice reference; /* "N-0123456789abcdef" */
	enum notice_to to;
	struct slice name;      /* of its recipient */
	int64_t at;             /* sent */
	struct slice outcome;   /* "moved", "silent", ... of this annex as a whole */
};

/* ---- by whose authority ---- */

struct notice_mandate {
	struct slice name, issuer; /* "mandate-demo-jp" */
	struct slice country;      /* of the issuer */
	bool designated;           /* the issuer is an authority that 3.18.3 means; else it is private
	                              or of another kind, and the notice says that */
	bool private_delegate;     /* the holder is no authority itself, and says so */
	const struct slice *clause; /* that it may be used for: "RAA 3.18.3" */
	size_t clause_n;
	struct slice feed;         /* where the issuer's own feed shows it; may be empty */
	struct sha256 record;
	int64_t from, until;
};

struct notice_basis_row {
	enum notice_basis basis;
	struct slice cite, says;
};

struct notice {
	struct slice reference;  /* "N-" and 16 hexadecimal digits, what an answer names */
	struct slice case_name;
	enum notice_purpose purpose;
	enum notice_matter matter;
	enum notice_action action;
	struct notice_recipient recipient;
	int64_t at;              /* drawn up */
	struct slice language;   /* BCP 47 of the letter: "en", "ja" */

	struct slice sender, sender_mail; /* who writes: notice.sender, mail.from */
	struct slice on_behalf;  /* of whom; empty: of nobody but the sender */
	struct slice sponsor;    /* who pays for this work; "nobody" is said too */
	enum notice_interest interest;
	const struct notice_mandate *mandate; /* NULL: none is used */
	const struct notice_basis_row *law; /* chosen by act/basis.h, best first */
	size_t law_n;
	struct slice harm;       /* what harm, to whom: one sentence or two */
	struct slice appeal_address; /* where an operator turns to */
	struct slice verify;     /* how to verify it in the ledger: address of the public page */
	struct slice retracts_reason; /* of a retraction */
	const struct slice *statement; /* of a rights holder: attached, each as evidence address and text */
	size_t statement_n;

	const struct notice_subject *annex;
	size_t annex_n;
	const struct notice_past *past;
	size_t past_n;
};

/* ---- answers ---- */

/* What a mail that came in is. */
enum reply_class {
	REPLY_ACKNOWLEDGEMENT,
	REPLY_TICKET, /* an acknowledgement that gives a number */
	REPLY_REFUSAL,
	REPLY_REQUEST, /* asks for more */
	REPLY_CLAIM,   /* says that it acted: a claim, no outcome */
	REPLY_BOUNCE,  /* RFC 3464: failed for good */
	REPLY_DELAY,   /* RFC 3464: not yet delivered */
	REPLY_OTHER,
};
enum { REPLY_CLASSES = REPLY_OTHER + 1 };
const char *reply_class_name(enum reply_class c);
bool reply_class_parse(struct slice word, enum reply_class *out);

/* ---- outcomes ---- */

enum notice_outcome {
	OUTCOME_PENDING,
	OUTCOME_ACKNOWLEDGED,
	OUTCOME_ACTED,
	OUTCOME_PARTLY,   /* of a notice as a whole */
	OUTCOME_REFUSED,
	OUTCOME_SILENT,
	OUTCOME_BOUNCED,
	OUTCOME_MOVED,    /* to another registrar, reseller or host after the notice */
	OUTCOME_WITHDRAWN,
};
enum { NOTICE_OUTCOMES = OUTCOME_WITHDRAWN + 1 };

const char *notice_outcome_name(enum notice_outcome o);
bool notice_outcome_parse(struct slice word, enum notice_outcome *out);

#endif
