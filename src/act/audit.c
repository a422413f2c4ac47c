#include "act/audit.h"

#include <stdlib.h>
#include <string.h>

enum { DAY = 86400, WHATS = 8 };

static const struct {
	const char *name, *says, *clause;
} items[AUDIT_ITEMS] = {
	[AUDIT_CONTACT] = { "abuse_contact",
	                    "an abuse contact is published with the registration data",
	                    "RAA 2013 (as amended 5 April 2024), 3.18.1" },
	[AUDIT_RDAP] = { "rdap", "its RDAP server answers, day by day",
	                 "RAA 2013, Registration Data Directory Services Specification" },
	[AUDIT_ADDRESS] = { "postal_address", "a postal address is posted on its site",
	                    "RAA 2013, 3.17" },
	[AUDIT_OWN_DATA] = { "own_data", "the registration data of its own name is sane",
	                     "RAA 2013, 3.7.7" },
	[AUDIT_MAIL] = { "abuse_mail", "mail to its abuse contact arrives",
	                 "RAA 2013 (as amended 5 April 2024), 3.18.1" },
	[AUDIT_ANSWERS] = { "answers", "reports are answered",
	                    "RAA 2013 (as amended 5 April 2024), 3.18.1" },
};

const char *audit_item_name(enum audit_item i)
{
	return items[i].name;
}

const char *audit_item_says(enum audit_item i)
{
	return items[i].says;
}

const char *audit_item_clause(enum audit_item i)
{
	return items[i].clause;
}

const char *audit_state_name(enum audit_state s)
{
	static const char *const names[] = { "not_observed", "met", "not_met" };

	return names[s];
}

static int no_memory(struct err *err)
{
	return err_set(err, ERR_NOMEM, 0, "out of memory");
}

/* Newest first; of one second what speaks against it. */
static int newest_first(const void *a, const void *b)
{
	const struct audit_sign *const *x = a, *const *y = b;

	if ((*x)->at != (*y)->at)
		return (*x)->at > (*y)->at ? -1 : 1;
	if ((*x)->good != (*y)->good)
		return (*x)->good ? 1 : -1;
	return memcmp((*x)->record.b, (*y)->record.b, sizeof((*x)->record.b));
}

static int64_t day_of(int64_t at)
{
	return at >= 0 ? at / DAY : -((DAY - 1 - at) / DAY);
}

/* The signs are newest first: days come from the last to the first, and are turned round. */
static int count_days(const struct audit_sign *const *sign, size_t n, struct arena *a,
                      struct audit_row *row, struct err *err)
{
	struct audit_day *day = arena_array(a, n, sizeof(*day));
	size_t days = 0;

	if (!day)
		return no_memory(err);
	for (size_t i = n; i-- > 0;) {
		int64_t of = day_of(sign[i]->at);
		if (days == 0 || day[days - 1].day != of)
			day[days++] = (struct audit_day){ .day = of };
		day[days - 1].nobody += sign[i]->nobody;
		day[days - 1].asked += !sign[i]->nobody;
		day[days - 1].answered += !sign[i]->nobody && sign[i]->good;
	}
	row->day = day;
	row->day_n = days;
	return 0;
}

static enum audit_state judge(const struct audit_row *row, const struct audit_sign *newest)
{
	size_t days = 0;

	if (row->good + row->bad == 0)
		return AUDIT_NOT_OBSERVED;
	switch (row->item) {
	case AUDIT_MAIL: return newest->good ? AUDIT_MET : AUDIT_NOT_MET;
	case AUDIT_RDAP:
		for (size_t i = 0; i < row->day_n; i++)
			days += row->day[i].asked > 0;
		if (days < AUDIT_RDAP_DAYS)
			return AUDIT_NOT_OBSERVED;
		return row->good * 1000000 >= (row->good + row->bad) * AUDIT_RDAP_PPM
		               ? AUDIT_MET
		               : AUDIT_NOT_MET;
	default: return row->bad ? AUDIT_NOT_MET : AUDIT_MET;
	}
}

static int set_shown(const struct audit_sign *const *sign, size_t n, struct arena *a,
                     struct audit_row *row, struct err *err)
{
	struct sha256 *record = arena_array(a, AUDIT_SHOWN, sizeof(*record));
	struct slice *what = arena_array(a, WHATS, sizeof(*what));
	static const struct sha256 none;

	if (!record || !what)
		return no_memory(err);
	for (size_t i = 0; i < n; i++) {
		bool known = sign[i]->what.n == 0;
		if (sign[i]->nobody || sign[i]->good == (row->state == AUDIT_NOT_MET))
			continue;
		if (row->record_n < AUDIT_SHOWN && !sha256_eq(sign[i]->record, none))
			record[row->record_n++] = sign[i]->record;
		for (size_t k = 0; k < row->what_n; k++)
			known |= slice_eq(what[k], sign[i]->what);
		if (!known && row->what_n < WHATS)
			what[row->what_n++] = sign[i]->what;
	}
	row->record = record;
	row->what = what;
	return 0;
}

static int make_row(const struct audit_sign *all, size_t all_n, enum audit_item item,
                    struct arena *a, struct audit_row *out, struct err *err)
{
	const struct audit_sign **sign = arena_array(a, all_n, sizeof(*sign)), *newest = NULL;
	struct audit_row row = { .item = item, .from = INT64_MIN, .until = INT64_MIN };
	size_t n = 0;
	int rc = 0;

	if (!sign)
		return no_memory(err);
	for (size_t i = 0; i < all_n; i++)
		if (all[i].item == item)
			sign[n++] = &all[i];
	if (n)
		qsort(sign, n, sizeof(*sign), newest_first);
	for (size_t i = 0; i < n; i++) {
		if (sign[i]->nobody)
			continue;
		newest = newest ? newest : sign[i];
		row.until = row.until == INT64_MIN ? sign[i]->at : row.until;
		row.from = sign[i]->at;
		row.good += sign[i]->good;
		row.bad += !sign[i]->good;
	}
	if (item == AUDIT_RDAP)
		rc = count_days(sign, n, a, &row, err);
	if (rc)
		return rc;
	row.state = judge(&row, newest);
	rc = set_shown(sign, n, a, &row, err);
	if (rc == 0)
		*out = row;
	return rc;
}

int audit_make(const struct audit_sign *sign, size_t n, struct arena *a,
               struct audit_row out[AUDIT_ITEMS], struct err *err)
{
	int rc = 0;

	for (int i = 0; rc == 0 && i < AUDIT_ITEMS; i++)
		rc = make_row(sign, n, (enum audit_item)i, a, &out[i], err);
	return rc;
}
