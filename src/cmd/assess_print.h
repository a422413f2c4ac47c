/* What assay assess writes of a report: records, a few lines, or reasons. */
#ifndef CMD_ASSESS_PRINT_H
#define CMD_ASSESS_PRINT_H

#include "assess/report.h"
#include "base/buf.h"
#include "cmd/cmd.h"
#include "cmd/rulebook.h"

struct assess_print {
	const struct cmd *cmd;      /* format, appeal address */
	const struct rulebook *rules;
	bool explain;
};

/* Append a report: its records (json), one line and a reason a destination (text), and with explain
 * the reasons (doc/format/reasons.md): behind the records as an object a destination where JSON was
 * asked for by name, else as text in place of all else. ERR_NOMEM. */
int assess_print(const struct assess_print *p, const struct report *r, struct buf *out,
                 struct err *err);

#endif
