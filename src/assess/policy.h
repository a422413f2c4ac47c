/* Policy packs: the rules of one jurisdiction or category, as data that lawyers edit.
 *
 *   source  doc/format/pack.md
 *   file    policy/packs/ID.yaml
 *   owns    nothing: everything lies in the arena that was given
 *
 * A pack is read whole or refused whole: an unknown key, a rule without law, a condition that
 * cannot hold, each is an error that names file, line and rule. */
#ifndef ASSESS_POLICY_H
#define ASSESS_POLICY_H

#include "base/arena.h"
#include "base/err.h"
#include "base/sha256.h"
#include "base/slice.h"
#include "model/lexicon.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum severity {
	SEVERITY_NOTE,       /* shown, decides nothing */
	SEVERITY_UNAPPROVED, /* supports unapproved for the destination */
	SEVERITY_ROGUE,      /* supports rogue */
};

enum reach {
	REACH_DESTINATION, /* the ground hangs on this destination's law */
	REACH_GLOBAL,      /* it does not: measures for the whole Internet may follow */
};

enum condition_kind {
	CONDITION_OFFERS,      /* a substance of some status or class is offered */
	CONDITION_CLAIMS,      /* the site claims something, outside any warning */
	CONDITION_SELLS,       /* a page takes orders of goods of a category */
	CONDITION_REGISTERED,  /* a register row names the domain */
	CONDITION_REGISTER_LOADED, /* a register of a country was among the inputs */
	CONDITION_IMITATES,    /* the name is one or two letters off one that a register names */
	CONDITION_LICENCE,     /* the site shows a number, and a register says something of it */
	CONDITION_SEAL,        /* the site shows a seal that does not lead back to who gives it */
	CONDITION_PAGES,       /* so many pages were collected: what they lack says something */
	CONDITION_COMBINATION, /* one block offers substances of two classes together */
	CONDITION_ANY,         /* one of several holds */
};

/* Classes of phrases that name goods which are sold as something else than medicine: bits. */
#define GOODS_PHRASES (UINT64_C(1) << PHRASE_SUPPLEMENT | UINT64_C(1) << PHRASE_RESEARCH_USE)

enum register_test { REGISTER_SERVES, REGISTER_ANY, REGISTER_ELSEWHERE };

struct condition {
	enum condition_kind kind;
	unsigned line;
	uint32_t statuses;     /* offers: bits of enum supply */
	bool everywhere;       /* offers: prescription-only or controlled wherever it is known */
	const struct slice *classes; /* offers, combination: classes of substances */
	size_t class_n;
	uint64_t goods;        /* sells: bits of enum phrase_class, of GOODS_PHRASES */
	uint32_t held;         /* sells: bits of enum supply, of what the goods are said to contain */
	uint64_t phrases;      /* claims: bits of enum phrase_class; sells: of the same page, or none */
	const struct slice *args; /* of phrases: wanted args; "" stands for a phrase without one;
	                             licence: schemes; seal: names */
	size_t arg_n;
	size_t kinds;          /* claims: so many of the classes; 0: one. pages: how many */
	enum register_test test;
	struct slice country;  /* registered serves, register_loaded, imitates; empty: any */
	bool of_destination;   /* the country is the one that the rule is asked for */
	struct slice source;   /* register_loaded: id of a register; empty: any */
	bool sites;            /* register_loaded: one that names sites */
	unsigned found;        /* licence: bits of enum number_found (numbers.h) */
	bool leads_anywhere;   /* seal: it is shown, whatever it leads to */
	bool leads_elsewhere;  /* seal: to another host than those; else nowhere at all */
	const struct slice *hosts; /* seal: of who gives it; names below them too */
	size_t host_n;
	const struct condition *sub; /* any */
	size_t sub_n;
};

struct law {
	struct slice cite; /* "21 U.S.C. 353(b)(1)" */
	struct slice says; /* what it says, in our words */
	int64_t from, until; /* seconds since 1970; until INT64_MAX = in force */
};

struct rule {
	struct slice id, text, evidence;
	unsigned line;         /* in the pack's file */
	const struct law *law;
	size_t law_n;
	enum severity severity;
	enum reach reach;
	struct slice ground;   /* what the verdict calls it; the rule's id by default */
	const struct condition *when;   /* all must hold */
	size_t when_n;
	const struct condition *unless; /* none may hold */
	size_t unless_n;
	uint64_t weigh;        /* phrase classes shown beside the finding as counter-evidence */
	bool weigh_registered; /* and register rows */
	const struct slice *recipients;
	size_t recipient_n;
	const struct slice *destinations; /* of the pack's, those it is about; none: all of them */
	size_t destination_n;
	bool automatic;        /* may be listed without a person, if the operator switched that on */
};

/* What a pack speaks for. A verdict has a cell for each destination of a pack of a jurisdiction; the
 * others join the cells that are there. */
enum pack_kind {
	PACK_JURISDICTION, /* the law of a country: makes cells */
	PACK_COMMON,       /* law that several of them share, such as the European Union's */
	PACK_CATEGORY,     /* goods that are sold as something else than medicine */
};

struct rule_index;

struct pack {
	struct slice id, version, title, jurisdiction;
	enum pack_kind kind;
	const struct slice *destinations;
	size_t destination_n;
	const struct rule *rule;
	size_t rule_n;
	const struct rule_index *index; /* which rules can fire on a site; NULL: ask all of them */
	struct sha256 digest; /* of the file's bytes */
	const char *file;
};

/* Read one pack. ERR_SYNTAX "rule ID: FILE:LINE: what is wrong" ("FILE:LINE: ..." outside the rules),
 * ERR_LIMIT, ERR_NOMEM. */
int pack_parse(struct slice bytes, const char *file, struct arena *a, struct pack *out,
               struct err *err);

/* Packs loaded together must not contradict each other: no two of one id, no destination in two packs
 * of jurisdictions, none that joins where nothing makes a cell; no rule id in two of them, and no two
 * rules that ask the same of one destination at one time and come to another severity. ERR_SYNTAX names
 * the files, and of rules "rule ID: FILE:LINE: ...". */
int packs_check(const struct pack *packs, size_t n, struct err *err);

/* Whether the pack speaks for a destination, and whether a rule of it does. */
bool pack_covers(const struct pack *pack, struct slice destination);
bool rule_covers(const struct rule *rule, struct slice destination);

/* "jurisdiction", "common", "category". */
const char *pack_kind_name(enum pack_kind kind);

/* "note", "unapproved", "rogue". */
const char *severity_name(enum severity s);

/* Whether all law of the rule is in force at a time. */
bool rule_in_force(const struct rule *rule, int64_t at);

#endif
