/* assay notice complaint: the pack for a complaint to ICANN, in a folder of its own.
 *
 *   DIR/complaint.txt    what is complained of, and what shows it (act/complaint.h)
 *   DIR/manifest.json    every file and what is withheld, by digest (doc/format/complaint.md)
 *   DIR/evidence/HEX     public evidence of the notice: letter, attachments, captures
 *   DIR/proof/N          proofs of the notice's entries in the ledger, as far as it is signed
 *
 * Restricted bytes are named and never handed out. */
#ifndef CMD_NOTICE_COMPLAINT_H
#define CMD_NOTICE_COMPLAINT_H

#include "base/buf.h"
#include "base/err.h"
#include "cmd/notice_desk.h"
#include "cmd/notices.h"

/* Write the pack of a notice into a folder that is new or empty.
 *
 *   text    complaint.txt is appended too, for who wants to print it; may be NULL
 *   return  0; ERR_REFUSED (complaint_check's reason; a folder with something in it); ERR_IO,
 *           ERR_NOMEM, what the store says. Nothing is written before all that could refuse was asked */
int notice_complaint(const struct notice_desk *desk, const struct notice_file *f, const char *dir,
                     struct buf *text, struct err *err);

#endif
