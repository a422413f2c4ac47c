/* What a page says of the business behind it, beside drugs and phrases: numbers, seals, contacts,
 * names, ways to pay, footprints, dates. Nothing here judges.
 *
 * A wrong fact is worse than a missing one: each reader wants the word that names a thing beside
 * it, or a shape that nothing else has. What lists of words it goes by stands in its file. */
#ifndef ASSESS_PARTICULARS_H
#define ASSESS_PARTICULARS_H

#include "assess/gathering.h"

/* Read all particulars of a page into g (r, url, page, keep, scratch and err set). On success
 * g->fact holds g->n of them, in the order of the readers, for the caller to free; it is the
 * caller's on failure too. ERR_NOMEM. */
int particulars_read(struct gathering *g);

/* What a claim of the page comes to: FACT_STANCE, FACT_SHIPPING, ways of FACT_PAYMENT. Any other
 * fact gives none. */
void claimed_read(struct gathering *g, const struct fact *claim);

/* The readers, one a file. */
void licence_read(struct gathering *g);   /* FACT_LICENCE, and numbers of FACT_IDENTITY */
void seal_read(struct gathering *g);      /* FACT_SEAL */
void telephone_read(struct gathering *g); /* FACT_CONTACT: phone, fax */
void contact_read(struct gathering *g);   /* FACT_CONTACT: email and messengers */
void address_read(struct gathering *g);   /* FACT_CONTACT: address */
void identity_read(struct gathering *g);  /* FACT_IDENTITY: company, person, pharmacist */
void payment_read(struct gathering *g);   /* FACT_PAYMENT: processor, descriptor */
void affiliate_read(struct gathering *g); /* FACT_AFFILIATE */
void date_read(struct gathering *g);      /* FACT_DATE */

#endif
