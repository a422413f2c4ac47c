/* A notice as XARF v4 reports, one a subject, and the bundle that ties them.
 *
 *   source   XARF v4 (xarf/xarf-spec, schemas/v4); the pharmacy profile of doc/format/notice.md
 *   profile  rogue: content/fraud, fraud_type shopping or other, with a description; unapproved is never
 *            fraud; compromised: content/compromised or what the schema calls it; a stolen registration:
 *            content/suspicious_registration. XARF has no word for a medicine's law: the profile's own
 *            fields lie where the schema lets fields be
 *   ids      UUIDs made of the notice's reference and the subject: the same notice gives the same
 *
 * Pure. */
#ifndef ACT_XARF_H
#define ACT_XARF_H

#include "base/buf.h"
#include "base/err.h"
#include "model/notice.h"

#include <stddef.h>

/* Append one report (JSON, canonical, no LF). ERR_REFUSED for a matter that XARF has no type for, such
 * as a statement; ERR_NOMEM. */
int xarf_report(const struct notice *n, size_t i, struct buf *out, struct err *err);

/* Append all of them as the profile's bundle: {"profile":…,"bundle":…,"reports":[…]}, LF. */
int xarf_bundle(const struct notice *n, struct buf *out, struct err *err);

#endif
