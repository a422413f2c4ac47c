/* A notice as the machine-readable parts of an abuse report in mail, for hosts and spam desks whose
 * tools read nothing else.
 *
 *   source   RFC 5965 (ARF), RFC 6522 (multipart/report). Part one is the letter, part two fields, part
 *            three what a visitor got: ARF is about mails and a page has none, so its third part
 *            (text/rfc822-headers) names address, time and digest of the newest capture
 *   type     rogue: "fraud"; all else "other"
 *   lines    ASCII, ended by LF; a name or address that would break a field is left out
 *
 * Pure. */
#ifndef ACT_ARF_H
#define ACT_ARF_H

#include "base/buf.h"
#include "base/err.h"
#include "model/notice.h"

/* Append the fields of message/feedback-report and the headers of the third part. ERR_REFUSED for a
 * notice that asks for nothing; ERR_NOMEM. */
int arf_report(const struct notice *n, struct buf *fields, struct buf *headers, struct err *err);

#endif
