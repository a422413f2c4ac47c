/* What assay.yaml says, over defaults that work.
 *
 *   source  doc/man/assay.yaml.5.scd
 *   paths   as written: relative ones start from the working directory
 *   secrets none: a key that needs one takes the path of a file, which sys/secret reads
 *   owns    nothing: all texts lie in the arena that was given, or are literals */
#ifndef MODEL_CONFIG_H
#define MODEL_CONFIG_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/slice.h"
#include "model/config_collect.h"
#include "model/config_mandate.h"
#include "model/config_notice.h"
#include "model/evidence.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum log_level { LEVEL_ERROR, LEVEL_WARNING, LEVEL_INFO, LEVEL_DEBUG };

/* Who signs the packs that the program is shipped with: policy/packs/publisher.pub. It stands here
 * because whoever could put another pack into that folder could put another key there too. */
#define CONFIG_PUBLISHER "assay-packs+3b3a0393+AY92vDvwr9AuF/sbbYYvRIdYi0YFSsGOQd6biKhdCq9z"

/* The keys of assay.yaml, in the order of the format page. */
enum config_key {
	CONFIG_STORE,
	CONFIG_PACKS,
	CONFIG_PUBLISHERS,
	CONFIG_LEXICON,
	CONFIG_SUFFIXES,
	CONFIG_PLATFORMS,
	CONFIG_DESTINATIONS,
	CONFIG_REVIEWERS,
	CONFIG_AUTOMATIC_LISTING,
	CONFIG_MASS_CHANGE,
	CONFIG_MASS_FLOOR,
	CONFIG_POPULAR,
	CONFIG_MODEL,
	CONFIG_LIST_NAME,
	CONFIG_APPEAL_ADDRESS,
	CONFIG_DISCLOSURE_DAYS,
	CONFIG_MAIL,
	CONFIG_NOTICES,
	CONFIG_NOTICE,
	CONFIG_MANDATES,
	CONFIG_LISTEN,
	CONFIG_WEB,
	CONFIG_CONTACTS,
	CONFIG_QUOTA,
	CONFIG_RESERVE,
	CONFIG_RETENTION,
	CONFIG_COLLECT,
	CONFIG_LOG_LEVEL,
	CONFIG_KEYS
};

/* "not given": what then holds depends on the disk (store/quota.h). */
#define CONFIG_RESERVE_DEFAULT UINT64_MAX

/* Somebody who may decide. */
struct config_reviewer {
	struct slice name;  /* as in src "reviewer:NAME": letters, digits, '-', '_', '.' */
	bool demonstration; /* belongs to the shipped example, and outputs say so */
};

enum config_tls {
	CONFIG_TLS_UNSET,    /* as CONFIG_TLS_STARTTLS, but for a relay on a loopback address */
	CONFIG_TLS_STARTTLS,
	CONFIG_TLS_NONE,     /* refused but for a relay on a loopback address */
};

/* How mail goes out: to one relay of the operator's, and to nobody else. */
struct config_mail {
	const char *relay;         /* "mail.desk.example:587"; NULL: no mail is sent */
	const char *from;          /* address in From and in the envelope; NULL: none set */
	enum config_tls tls;
	const char *ca_file;       /* certificates (PEM) to trust; NULL: those of the system */
	const char *user;          /* NULL: no login */
	const char *password_file; /* path of a file with mode 0600 */
	int64_t timeout_s;         /* for a whole message; default 120 */
};

struct config {
	const char *store;     /* folder; default "./var" */
	const char *packs;     /* folder of policy packs; default "policy/packs" */
	const struct slice *publishers; /* keys (wire/note.h, verifier) whose packs are trusted */
	size_t n_publishers;   /* default one, CONFIG_PUBLISHER; a list in the file stands for it */
	const char *lexicon;   /* folder; default "policy/lexicon" */
	const char *suffixes;  /* public suffix list, a file; default NULL: the one that libpsl finds */
	const struct slice *platforms; /* suffixes under which tenants are subjects of their own */
	size_t n_platforms;
	const struct slice *destinations; /* ISO 3166-1 alpha-2; default none: those of the packs */
	size_t n_destinations;
	const struct config_reviewer *reviewers; /* default none: nobody can decide */
	size_t n_reviewers;
	bool automatic_listing;     /* default false: people decide */
	int64_t mass_change_ppm;    /* share of what is listed that a day may add; default 5 % */
	int64_t mass_floor;         /* names that a day may add whatever the share; default 50 */
	const char *popular;        /* list of popular names, a file (model/popular.h); default NULL */
	const char *model;          /* ranking model, a file (assess/rank_model.h); default NULL */
	const char *list_name;      /* what published forms call the list; default "assay" */
	const char *appeal_address; /* where an operator turns to; default NULL */
	int64_t disclosure_days;    /* between telling an operator and a listing; default 7; 0: listed
	                               without telling first, and outputs say so */
	struct config_mail mail;
	const char *notices;  /* folder of the sentences of letters; default "policy/notice" */
	struct config_notice notice;
	const struct config_mandate *mandates; /* keys of issuers of mandates; default none */
	size_t n_mandates;
	const char *listen;   /* of assay serve: address and port; default "127.0.0.1:8080" */
	const char *web;      /* folder of the pages' style, script and sentences; default "web" */
	const char *contacts; /* folder; default "policy/contacts" */
	uint64_t quota;       /* bytes that the store may take; default 0: no limit */
	uint64_t reserve;     /* bytes to leave free on its disk; CONFIG_RESERVE_DEFAULT */
	int64_t retention[EVIDENCE_CLASSES]; /* days per class; default 0: kept for good */
	struct config_collect collect;
	enum log_level log_level;   /* default LEVEL_INFO */

	const char *file;           /* that was read; NULL for defaults alone */
	unsigned line[CONFIG_KEYS]; /* where the file sets each key; 0 = it does not */
	bool by_option[CONFIG_KEYS]; /* an option of the command line was put over it */
};

/* The defaults. */
void config_init(struct config *c);

/* Read a configuration file over the defaults.
 *
 *   text    its bytes; not needed afterwards
 *   file    its name for messages; copied
 *   out     filled on success, untouched on failure
 *   return  0; ERR_SYNTAX "FILE:LINE: …" (an unknown key names the nearest one), ERR_LIMIT,
 *           ERR_NOMEM */
int config_parse(struct slice text, const char *file, struct arena *arena, struct config *out,
		 struct err *err);

/* Put --store and --log over what the file said. */
void config_set_store(struct config *c, const char *store);
void config_set_log_level(struct config *c, enum log_level level);
/* Put --listen over it. */
void config_set_listen(struct config *c, const char *listen);

/* The reviewer of that name, or NULL. */
const struct config_reviewer *config_reviewer_find(const struct config *c, struct slice name);

/* "error", "warning", "info", "debug" to a level; false for another word. */
bool config_log_level(struct slice word, enum log_level *out);

/* The word of a level: "warning". */
const char *config_log_level_name(enum log_level level);

/* The key as assay.yaml writes it. */
const char *config_key_name(enum config_key key);

/* Append the value in force of a key as YAML writes it ("./var", "[US, JP]"); where there is
 * none, what then holds, in parentheses. */
void config_put_value(const struct config *c, enum config_key key, struct buf *out);

/* Append where it comes from: "default", "assay.yaml:3", "option". */
void config_put_origin(const struct config *c, enum config_key key, struct buf *out);

#endif
