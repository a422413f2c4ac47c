/* What assay.yaml says under `notice:`, for those who write to providers.
 *
 *   source  doc/man/assay.yaml.5.scd, NOTICES
 *   owns    nothing: texts lie in the arena that was given, or are literals */
#ifndef MODEL_CONFIG_NOTICE_H
#define MODEL_CONFIG_NOTICE_H

#include "base/arena.h"
#include "base/err.h"
#include "base/slice.h"
#include "model/notice.h"
#include "wire/yaml.h"

#include <stddef.h>
#include <stdint.h>

struct config_notice {
	const char *sender;     /* who writes, as letters name them; default NULL: must be set */
	const char *on_behalf;  /* of whom; default NULL: of nobody but the sender */
	const char *sponsor;    /* who pays for the work; default NULL: must be set ("nobody" is an answer) */
	enum notice_interest interest; /* default health */
	const char *verify;     /* where a domain's public page is; its name is put behind:
	                           "https://desk.example/d/"; default NULL: must be set */
	const char *mailbox;    /* folder where answers arrive (Maildir or .eml files); default NULL */
	const char *providers;  /* folder; default "policy/notice/providers" */
	const char *registrars; /* list of registrars, a file (CSV: id, name, status, RDAP); default NULL */
	int64_t evidence_days;  /* captures are not older when a notice leaves; default 14 */
	int64_t contact_days;   /* nor what says whose a name is; default 7 */
	int64_t acknowledge_hours; /* an answer is expected within; default 48 */
	int64_t act_days;       /* an effect is expected within; default 7 */
	int64_t silent_days;    /* no answer and no effect: silent; default 14 */
	int64_t repeat_days;    /* a second notice of the case to the same party is a comment; default 30 */
	int64_t per_hour;       /* messages that leave in an hour, at most; default 60 */
	int64_t minimum;        /* domains below which nobody is ranked; default 10 */
};

struct config_notice config_notice_default(void);
/* Over what is there. "FILE:LINE: ...". */
int config_notice_read(const struct yaml_node *node, struct arena *arena,
                       struct config_notice *out, struct err *err);

#endif
