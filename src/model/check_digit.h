/* Check digits of numbers that authorities give out.
 *
 *   text  digits (and capitals where a scheme has them), no separators
 * A right check digit says that a number was not mistyped, not that anybody was given it. */
#ifndef MODEL_CHECK_DIGIT_H
#define MODEL_CHECK_DIGIT_H

#include "base/slice.h"

#include <stdbool.h>

/* The last digit by Luhn's rule (ISO/IEC 7812-1, annex B), as if `prefix` stood before the text.
 * United States NPI: prefix "80840" (45 CFR 162.406); French RPPS, SIREN, SIRET: none. */
bool luhn_holds(struct slice prefix, struct slice text);

/* ISO 7064 MOD 11,10 over all digits: German VAT numbers. */
bool iso7064_mod11_10_holds(struct slice text);

/* United Kingdom VAT, nine digits: weights 8 to 2, both ways of the last two digits (97 and 9755). */
bool gb_vat_holds(struct slice text);

/* Australian business number, eleven digits: weights, modulo 89. */
bool abn_holds(struct slice text);

/* United States DEA number: two letters and seven digits. */
bool dea_holds(struct slice text);

#endif
