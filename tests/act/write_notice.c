/* write_notice FOLDER: for tests/e2e/test_notice_forms.py.
 *
 * Writes one mail of each purpose, matter, kind of recipient and language that a good notice can have
 * (tests/act/cases.h), a registrar's also on a mandate, and to hosts an ARF report beside it. A line of
 * JSON each on standard output: file, its words, and what is in it. Then, without a file, a line for
 * each notice that is bad on purpose: what is wrong, and the conditions that refuse it, with why and
 * what to do.
 *
 * Exit 0; 1 with a message where a good notice is refused or something cannot be written. */
#include "act/arf.h"
#include "act/cases.h"
#include "wire/json_writer.h"
#include "wire/mail.h"

#include <string.h>

struct desk {
	const char *folder;
	struct basis_table *basis;
	struct catalogue *catalogue;
	size_t files;
};

static int fail(const char *what, const char *why)
{
	fprintf(stderr, "write_notice: %s: %s\n", what, why);
	return 1;
}

static int put_file(const struct desk *d, const char *name, const struct buf *bytes)
{
	char path[4096];

	snprintf(path, sizeof(path), "%s/%s", d->folder, name);
	FILE *f = fopen(path, "wb");
	if (!f || fwrite(bytes->p, 1, bytes->n, f) != bytes->n || fclose(f) != 0)
		return fail(path, "it cannot be written");
	return 0;
}

static int compose(const struct desk *d, const struct made_case *m, const struct made_writing *w,
                   const struct mail_report *report, const char *name)
{
	struct mail_attachment attachment[2] = {
		{ TEXT("annex.json"), TEXT("application/json"), buf_slice(&w->annex) },
		{ TEXT("xarf.json"), TEXT("application/json"), buf_slice(&w->xarf) },
	};
	struct slice thread[1] = { TEXT("N-00112233445566aa.1@assay.test") };
	struct mail mail = {
		.from = m->n.sender_mail,
		.to = m->n.recipient.contact.address,
		.from_name = m->n.sender,
		.subject = buf_slice(&w->mail_subject),
		.message_id = TEXT("N-0123456789abcdef.1@assay.test"),
		.at = m->n.at,
		.text = buf_slice(&w->letter),
		.language = m->n.language,
	};
	struct buf out = { 0 };
	struct err err = { .what = "" };

	if (m->n.past_n) {
		mail.in_reply_to = thread[0];
		mail.reference = thread;
		mail.reference_n = 1;
	}
	if (report) {
		mail.report = report;
	} else {
		mail.attachment = attachment;
		mail.attachment_n = w->xarf.n ? 2 : 1;
	}
	int rc = mail_compose(&mail, &out, &err);
	if (rc)
		rc = fail(name, err.what);
	else
		rc = put_file(d, name, &out);
	buf_release(&out);
	return rc;
}

static void put_failures(struct json_writer *w, const char *member, const struct check_failure *list,
                         size_t n, int part)
{
	json_writer_name(w, member);
	json_writer_open(w, '[');
	for (size_t i = 0; i < n; i++)
		json_writer_text(w, part == 0 ? slice_str(notice_condition_name(list[i].condition))
		                    : part == 1 ? list[i].todo
		                                : list[i].why);
	json_writer_close(w, ']');
}

/* One line about a notice; file NULL: a bad one. */
static int put_line(const char *what, const char *file, const struct made_case *m,
                    const struct made_writing *w, const struct check_failure *list, size_t n)
{
	struct buf line = { 0 };
	struct json_writer j = { .out = &line };

	json_writer_open(&j, '{');
	put_failures(&j, "conditions", list, n, 0);
	json_writer_member(&j, "file", slice_str(file));
	json_writer_member(&j, "language", m->n.language);
	json_writer_name(&j, "mandate");
	json_writer_flag(&j, m->n.mandate != NULL);
	json_writer_member(&j, "matter", slice_str(notice_matter_name(m->n.matter)));
	json_writer_member(&j, "purpose", slice_str(notice_purpose_name(m->n.purpose)));
	json_writer_member(&j, "to", slice_str(notice_to_name(m->n.recipient.to)));
	put_failures(&j, "todo", list, n, 1);
	json_writer_member(&j, "what", slice_str(what));
	put_failures(&j, "why", list, n, 2);
	json_writer_name(&j, "xarf");
	json_writer_flag(&j, w && w->xarf.n);
	json_writer_close(&j, '}');
	bool ok = json_writer_ok(&j);
	if (ok)
		puts(buf_str(&line));
	buf_release(&line);
	return ok ? 0 : fail(what, "a line that cannot be written");
}

static int put_arf(const struct desk *d, const struct made_case *m, const struct made_writing *w,
                   const char *name)
{
	struct buf fields = { 0 }, headers = { 0 };
	struct err err = { .what = "" };
	char arf[100];
	int rc = arf_report(&m->n, &fields, &headers, &err);

	snprintf(arf, sizeof(arf), "%s.arf.eml", name);
	struct mail_report report = { buf_slice(&fields), buf_slice(&headers) };
	rc = rc ? fail(arf, err.what) : compose(d, m, w, &report, arf);
	if (rc == 0)
		rc = put_line("arf", arf, m, w, NULL, 0);
	buf_release(&fields);
	buf_release(&headers);
	return rc;
}

static int put_good(struct desk *d, enum notice_purpose purpose, enum notice_matter matter,
                    enum notice_to to, const char *language, bool mandate)
{
	struct check_terms terms = case_terms();
	struct made_writing w = { { 0 }, { 0 }, { 0 }, { 0 } };
	struct check_failure *list = NULL;
	struct err err = { .what = "" };
	struct made_case m;
	char name[80], file[100];
	size_t n = 0;

	snprintf(name, sizeof(name), "%03zu-%s-%s-%s-%s", ++d->files, notice_purpose_name(purpose),
	         notice_matter_name(matter), notice_to_name(to), language);
	snprintf(file, sizeof(file), "%s.eml", name);
	case_make(&m, purpose, matter, to, language, 3);
	if (mandate)
		case_mandate(&m);
	int rc = basis_choose(d->basis, &m.n, &m.a, &err);
	if (rc == 0)
		rc = case_write(&m, d->catalogue, &w, &err);
	struct check_writing written = case_writing(&w);
	if (rc == 0)
		rc = notice_check(&m.n, &terms, &written, &m.a, &list, &n, &err);
	if (rc)
		rc = fail(name, err.what);
	else if (n)
		rc = fail(name, list[0].why.p);
	if (rc == 0)
		rc = compose(d, &m, &w, NULL, file);
	if (rc == 0)
		rc = put_line("good", file, &m, &w, list, n);
	if (rc == 0 && to == NOTICE_HOST && purpose == PURPOSE_REQUEST)
		rc = put_arf(d, &m, &w, name);
	case_writing_release(&w);
	arena_release(&m.a);
	return rc;
}

static int put_all_good(struct desk *d)
{
	static const char *const languages[] = { "en", "ja" };
	int rc = 0;

	for (int p = 0; p < NOTICE_PURPOSES; p++)
		for (int x = 0; x < NOTICE_MATTERS; x++)
			for (int t = 0; t < NOTICE_TOS; t++)
				for (size_t l = 0; l < 2 && rc == 0; l++) {
					enum notice_purpose purpose = (enum notice_purpose)p;
					enum notice_matter matter = (enum notice_matter)x;
					enum notice_to to = (enum notice_to)t;
					if (!case_is_good(purpose, matter, to))
						continue;
					rc = put_good(d, purpose, matter, to, languages[l], false);
					if (rc == 0 && to == NOTICE_REGISTRAR)
						rc = put_good(d, purpose, matter, to, languages[l],
						              true);
				}
	return rc;
}

/* ---- bad on purpose ---- */

static void one_destination(struct made_case *m)
{
	case_mandate(m);
	for (size_t k = 0; k < CASE_FINDINGS; k++)
		m->finding[k].global = false;
}

static void unapproved(struct made_case *m)
{
	case_mandate(m);
}

static void foreign(struct made_case *m)
{
	m->subject[0].foreign_legal = true;
}

static void misused(struct made_case *m)
{
	m->subject[0].abused = true;
}

static void legitimate(struct made_case *m)
{
	m->subject[0].legitimate = true;
}

static void stale(struct made_case *m)
{
	for (size_t k = 0; k < CASE_CAPTURES; k++)
		m->capture[k].at -= 60 * DAY;
}

static void elsewhere(struct made_case *m)
{
	m->subject[0].registration.registrar_id = 99002;
}

static void address(struct made_case *m)
{
	m->quote[0].quote = SLICE("write to takeshi.yamada@mailbox.test");
}

static void tenants(struct made_case *m)
{
	m->subject[0].tenants = 12;
}

static void undecided(struct made_case *m)
{
	m->subject[0].decision = (struct sha256){ { 0 } };
}

static void harmless(struct made_case *m)
{
	m->n.harm = SLICE("");
}

static void fraud(struct made_case *m)
{
	m->n.harm = SLICE("This is fraud.");
}

static void no_victim(struct made_case *m)
{
	m->subject[0].registration.suspected_victim = false;
}

static void expired(struct made_case *m)
{
	case_mandate(m);
	m->mandate.until = CASE_NOW - DAY;
}

static void unpaid(struct made_case *m)
{
	m->n.sponsor = SLICE("");
}

static void unreachable(struct made_case *m)
{
	m->n.recipient.contact.address = SLICE("");
}

static void alone(struct made_case *m)
{
	m->subject[0].capture_n = 1;
}

static void without_recipe(struct made_case *m)
{
	for (size_t k = 0; k < CASE_CAPTURES; k++)
		m->capture[k].profile = NULL;
}

static void proven(struct made_case *m)
{
	m->subject[0].registration.verified = true;
}

static void takes_pages(struct made_case *m)
{
	m->n.action = NOTICE_REMOVE_CONTENT;
}

static void country_beside_generic(struct made_case *m)
{
	m->subject[0].subject.key = SLICE("kusuri.jp");
}

static void inexact(struct made_case *m)
{
	m->country[0] = SLICE("DE");
	for (size_t k = 0; k < CASE_CAPTURES; k++)
		m->capture[k].url = SLICE("pills-0.example/viagra/");
}

static int put_bad(struct desk *d)
{
	static const struct {
		const char *what;
		enum notice_purpose purpose;
		enum notice_matter matter;
		enum notice_to to;
		void (*spoil)(struct made_case *);
	} rows[] = {
		{ "one destination's law", PURPOSE_REQUEST, MATTER_ROGUE, NOTICE_REGISTRAR, one_destination },
		{ "one destination's law", PURPOSE_ARRIVED, MATTER_ROGUE, NOTICE_RESELLER, one_destination },
		{ "unapproved", PURPOSE_REQUEST, MATTER_UNAPPROVED, NOTICE_REGISTRAR, unapproved },
		{ "unapproved", PURPOSE_REQUEST, MATTER_UNAPPROVED, NOTICE_REGISTRY, unapproved },
		{ "licensed abroad", PURPOSE_REQUEST, MATTER_ROGUE, NOTICE_REGISTRAR, foreign },
		{ "an innocent site", PURPOSE_REQUEST, MATTER_ROGUE, NOTICE_REGISTRAR, misused },
		{ "an innocent site", PURPOSE_REQUEST, MATTER_COMPROMISED, NOTICE_SEARCH, misused },
		{ "legitimate somewhere", PURPOSE_REQUEST, MATTER_UNAPPROVED, NOTICE_SEARCH, legitimate },
		{ "old evidence", PURPOSE_REQUEST, MATTER_ROGUE, NOTICE_HOST, stale },
		{ "another registrar's", PURPOSE_REQUEST, MATTER_ROGUE, NOTICE_REGISTRAR, elsewhere },
		{ "a personal address", PURPOSE_REQUEST, MATTER_ROGUE, NOTICE_PLATFORM, address },
		{ "tenants", PURPOSE_REQUEST, MATTER_ROGUE, NOTICE_REGISTRY, tenants },
		{ "undecided", PURPOSE_REQUEST, MATTER_ROGUE, NOTICE_PAYMENT, undecided },
		{ "no harm", PURPOSE_REQUEST, MATTER_ROGUE, NOTICE_ADVERTISING, harmless },
		{ "called fraud", PURPOSE_REQUEST, MATTER_UNAPPROVED, NOTICE_PAYMENT, fraud },
		{ "no victim", PURPOSE_REQUEST, MATTER_REGISTRATION, NOTICE_REGISTRAR, no_victim },
		{ "an expired mandate", PURPOSE_REQUEST, MATTER_ROGUE, NOTICE_REGISTRAR, expired },
		{ "nobody says who pays", PURPOSE_RETRACTION, MATTER_ROGUE, NOTICE_REGISTRAR, unpaid },
		{ "no address", PURPOSE_REQUEST, MATTER_ROGUE, NOTICE_RESELLER, unreachable },
		{ "one capture", PURPOSE_REQUEST, MATTER_COMPROMISED, NOTICE_OWNER, alone },
		{ "no recipe", PURPOSE_REQUEST, MATTER_STATEMENT, NOTICE_RIGHTS, without_recipe },
		{ "a proven operator", PURPOSE_REQUEST, MATTER_ROGUE, NOTICE_REGISTRAR, proven },
		{ "what it cannot do", PURPOSE_REQUEST, MATTER_ROGUE, NOTICE_REGISTRAR, takes_pages },
		{ "a country's name among generic ones", PURPOSE_REQUEST, MATTER_ROGUE,
		  NOTICE_REGISTRAR, country_beside_generic },
		{ "no exact address", PURPOSE_REQUEST, MATTER_ROGUE, NOTICE_HOST, inexact },
	};
	struct check_terms terms = case_terms();
	const struct check_writing nothing = { { NULL, 0 }, { NULL, 0 }, { NULL, 0 }, { NULL, 0 } };
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct check_failure *list = NULL;
		struct err err = { .what = "" };
		struct made_case m;
		size_t n = 0;
		case_make(&m, rows[i].purpose, rows[i].matter, rows[i].to, "en", 2);
		rows[i].spoil(&m);
		rc = basis_choose(d->basis, &m.n, &m.a, &err);
		if (rc == 0)
			rc = notice_check(&m.n, &terms, &nothing, &m.a, &list, &n, &err);
		rc = rc ? fail(rows[i].what, err.what)
		        : put_line(rows[i].what, NULL, &m, NULL, list, n);
		arena_release(&m.a);
	}
	return rc;
}

int main(int argc, char **argv)
{
	struct desk d = { .folder = argc == 2 ? argv[1] : "" };
	struct buf basis = { 0 }, words = { 0 };
	struct err err = { .what = "" };
	int rc = 1;

	if (argc != 2)
		return fail("usage", "write_notice FOLDER");
	if (case_read("policy/notice/basis.tsv", &basis) &&
	    case_read("policy/notice/notice.tsv", &words)) {
		rc = basis_load(buf_slice(&basis), &d.basis, &err);
		if (rc == 0)
			rc = catalogue_parse_languages(buf_slice(&words), "notice.tsv", &d.catalogue,
			                               &err);
		rc = rc ? fail("policy/notice", err.what) : put_all_good(&d);
	}
	if (rc == 0)
		rc = put_bad(&d);
	basis_free(d.basis);
	catalogue_free(d.catalogue);
	buf_release(&basis);
	buf_release(&words);
	return rc;
}
