/* A notice as XARF v4 reports, one a subject, and the bundle that ties them.
 *
 *   source   XARF v4 (xarf/xarf-spec, schemas/v4); the pharmacy profile of doc/format/notice.md
 *   profile  rogue: content/fraud, fraud_type shopping, with a description; compromised: content/
 *            remote_compromise; a stolen registration: content/suspicious_registration. XARF has no word
 *            for a missing licence or approval, and calling it fraud would be false: a notice of what is
 *            unapproved has its letter and annex alone. The profile's own fields lie in one object,
 *            assay_pharmacy, which the core schema lets be
 *   ids      UUIDs made of the notice's reference and the subject: the same notice gives the same
 *
 * Pure. */
#ifndef ACT_XARF_H
#define ACT_XARF_H

#include "base/buf.h"
#include "base/err.h"
#include "model/notice.h"

#include <stddef.h>

#define XARF_PROFILE "assay-pharmacy/1"

/* Append one report (JSON, canonical, no LF). ERR_REFUSED for what XARF has no type for (unapproved, a
 * statement, a retraction), for a registration without a date and a sender without an address: the
 * notice then leaves without; ERR_NOMEM. */
int xarf_report(const struct notice *n, size_t i, struct buf *out, struct err *err);

/* Append all of them as the profile's bundle: {"bundle":…,"profile":…,"reports":[…]}, LF. On failure
 * nothing is appended, but of ERR_NOMEM. */
int xarf_bundle(const struct notice *n, struct buf *out, struct err *err);

#endif
