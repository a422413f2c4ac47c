/* By what a recipient is bound, for this name and these facts.
 *
 *   source  policy/notice/basis.tsv (doc/format/notice.md), shared/design/LAW.md's facts: ICANN
 *           Registrar Accreditation Agreement 2013 as amended on 5 April 2024, sections 3.18.1 and
 *           3.18.3, which bind registrars for generic TLDs alone; Regulation (EU) 2022/2065, Art. 16
 *           for hosts in the EU; a recipient's own terms (directory); the law that a finding names,
 *           where it binds this recipient
 *   never   3.18.2 (DNS abuse) for content; 3.18.3 without a mandate of an authority designated in a
 *           country where the registrar has an office; any clause of ICANN's for a country-code TLD
 *
 * Pure. */
#ifndef ACT_BASIS_H
#define ACT_BASIS_H

#include "base/arena.h"
#include "base/err.h"
#include "model/notice.h"

#include <stdbool.h>
#include <stddef.h>

struct basis_table;

/* Read policy/notice/basis.tsv. ERR_SYNTAX "basis.tsv:12: ..."; ERR_NOMEM. Freed with basis_free. */
int basis_load(struct slice text, struct basis_table **out, struct err *err);
void basis_free(struct basis_table *t);

/* Whether a country (ISO 3166-1 alpha-2) is a member of the European Union. */
bool basis_is_eu(struct slice country);

/* Whether a TLD ("com", without dot) is generic: not two letters, no IDN of a country (a row of the
 * table says which). */
bool basis_is_generic(const struct basis_table *t, struct slice tld);

/* Fill n->law and n->law_n (in the arena), best first: mandate, law, contract, voluntary. None: nobody
 * is bound, and check refuses. ERR_NOMEM. */
int basis_choose(const struct basis_table *t, struct notice *n, struct arena *a, struct err *err);

#endif
