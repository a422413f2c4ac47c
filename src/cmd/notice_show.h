/* Notices as people and programs are shown them. */
#ifndef CMD_NOTICE_SHOW_H
#define CMD_NOTICE_SHOW_H

#include "act/check.h"
#include "base/buf.h"
#include "cmd/notices.h"
#include "wire/json.h"

/* What came of a notice as a whole: the outcome of its lines where they agree, OUTCOME_PARTLY where
 * some acted and some did not, else OUTCOME_PENDING. */
enum notice_outcome notice_whole(const struct notice_file *f);

/* One line, and beneath it nothing; or everything. */
void notice_put_line(const struct notice_file *f, struct buf *out);
void notice_put_text(const struct notice_file *f, struct buf *out);

/* The same as an object: a new reference, or NULL when there is no memory. */
json_t *notice_json(const struct notice_file *f);

/* Conditions that are not met: a paragraph each; or a list of objects. */
void notice_put_failures(const struct check_failure *failure, size_t n, struct buf *out);
json_t *notice_failures_json(const struct check_failure *failure, size_t n);

#endif
