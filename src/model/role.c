#include "model/role.h"

#include <string.h>

static const char *const role_names[ROLES] = {
	[ROLE_ADMINISTRATOR] = "administrator", [ROLE_APPROVER] = "approver",
	[ROLE_MANDATE_HOLDER] = "mandate_holder", [ROLE_READER] = "reader",
	[ROLE_REPORTER] = "reporter", [ROLE_REVIEWER] = "reviewer",
};

#define A (1u << ROLE_ADMINISTRATOR)
#define P (1u << ROLE_APPROVER)
#define M (1u << ROLE_MANDATE_HOLDER)
#define R (1u << ROLE_READER)
#define T (1u << ROLE_REPORTER)
#define V (1u << ROLE_REVIEWER)

static const struct {
	const char *name;
	role_set who;
} permits[PERMISSIONS] = {
	[PERMIT_READ_QUEUE] = { "read_queue", A | P | M | R | V },
	[PERMIT_READ_RESTRICTED] = { "read_restricted", P | R | V },
	[PERMIT_REPORT] = { "report", M | T | V },
	[PERMIT_DECIDE] = { "decide", V },
	[PERMIT_WRITE_NOTICE] = { "write_notice", P | M | V },
	[PERMIT_SEND_NOTICE] = { "send_notice", P },
	[PERMIT_MANDATE] = { "mandate", M },
	[PERMIT_ACCOUNTS] = { "accounts", A },
	[PERMIT_KEYS] = { "keys", A },
	[PERMIT_PACKS] = { "packs", A },
	[PERMIT_REDACT] = { "redact", A },
};

#undef A
#undef P
#undef M
#undef R
#undef T
#undef V

bool role_may(role_set roles, enum permission what)
{
	return what < PERMISSIONS && (permits[what].who & roles) != 0;
}

const char *role_name(enum role role)
{
	return role < ROLES ? role_names[role] : "none";
}

const char *permission_name(enum permission what)
{
	return what < PERMISSIONS ? permits[what].name : "none";
}

bool role_find(struct slice word, enum role *out)
{
	for (unsigned i = 0; i < ROLES; i++)
		if (slice_eq_str(word, role_names[i])) {
			*out = (enum role)i;
			return true;
		}
	return false;
}

int role_set_parse(struct slice text, const char *between, role_set *out, struct err *err)
{
	role_set set = 0;

	for (size_t at = 0; at <= text.n;) {
		size_t end = at;
		enum role role;
		while (end < text.n && !strchr(between, text.p[end]))
			end++;
		struct slice word = slice_sub(text, at, end);
		if (!role_find(word, &role))
			return err_set(err, ERR_SYNTAX, at,
			               "'%.*s' is no role; there are administrator, approver, "
			               "mandate_holder, reader, reporter and reviewer",
			               SLICE_ARG(slice_sub(word, 0, 40)));
		set |= role_only(role);
		at = end + 1;
	}
	*out = set;
	return 0;
}

void role_set_format(role_set roles, const char *between, struct buf *out)
{
	bool any = false;

	for (unsigned i = 0; i < ROLES; i++)
		if (roles & 1u << i) {
			buf_printf(out, "%s%s", any ? between : "", role_names[i]);
			any = true;
		}
}

bool account_name_ok(struct slice name)
{
	static const char *const taken[] = { "console", "assay", "nobody" };

	if (name.n == 0 || name.n > ACCOUNT_NAME_MAX || name.p[0] == '-' || name.p[0] == '.')
		return false;
	for (size_t i = 0; i < name.n; i++) {
		char c = name.p[i];
		if (!((c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || c == '-' || c == '_' || c == '.'))
			return false;
	}
	for (size_t i = 0; i < sizeof(taken) / sizeof(taken[0]); i++)
		if (slice_eq_str(name, taken[i]))
			return false;
	return true;
}
