/* Reading a case out of the store: what the files of cmd/notice_case.h share. */
#ifndef CMD_NOTICE_GATHER_H
#define CMD_NOTICE_GATHER_H

#include "cmd/notice_case.h"

#include "wire/json.h"

/* One page observation of the subject. */
struct notice_page {
	struct sha256 evidence;
	struct slice url, vantage, title;
	int64_t at, status;
	bool quoted, construction; /* by a finding; "under construction" */
	const struct slice *drug;  /* substances that it names, where it was collected */
	size_t drug_n;
};

struct notice_gather {
	struct notice_desk *desk;
	struct subject subject;
	struct arena *a;
	struct notice_subject *out;
	struct party_seen *seen;
	struct notice_page *page;
	size_t page_n, page_cap;
};

/* Copies in the arena. ERR_NOMEM. */
int notice_gather_copy(struct notice_gather *g, struct slice s, struct slice *out, struct err *err);

/* Whether a page observation shows a site, and no placeholder that says it is to come. */
bool notice_page_is_shown(const json_t *body);

/* Read the observations of a subject: pages, the newest registration and DNS. As store_each_record. */
int notice_gather_seen(struct notice_gather *g, struct subject of, struct err *err);

/* The classes of the drugs that quoted pages name, each once. ERR_NOMEM. */
int notice_gather_groups(struct notice_gather *g, struct err *err);

/* Choose captures among the pages; the findings are there already. ERR_NOMEM. */
int notice_gather_captures(struct notice_gather *g, struct err *err);

#endif
