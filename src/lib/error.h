/* Errors of the library as its callers see them. */
#ifndef LIB_ERROR_H
#define LIB_ERROR_H

#include "base/err.h"
#include "base/slice.h"

#include "assay/assay.h"

/* Hand a failure out: *from into error, unless that is NULL. Returns the code. Bytes that are not
 * UTF-8, and what could steer a terminal, become '?'. */
int error_out(const struct err *from, struct assay_error *error);

/* ASSAY_USAGE with a text. */
int error_usage(struct assay_error *error, const char *text);

/* The bytes of a caller, or ASSAY_USAGE for a NULL pointer with a length. */
int error_check_name(const char *name, size_t n, struct slice *out, struct assay_error *error);

#endif
