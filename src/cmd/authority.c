#include "cmd/authority.h"

#include "decide/sign.h"
#include "model/role.h"
#include "store/account.h"

#include <stdio.h>

static int of_account(const struct store_account *account, struct authority *out, struct err *err)
{
	struct authority found = { .is_account = true };
	role_set roles = 0;

	if (account->is_disabled)
		return err_set(err, ERR_REFUSED, 0, "the account '%.*s' is disabled",
		               SLICE_ARG(account->name));
	/* Roles that cannot be read are those of a newer program: no right with this one. */
	if (role_set_parse(account->roles, " ", &roles, NULL))
		roles = 0;
	if (!role_may(roles, PERMIT_DECIDE))
		return err_set(err, ERR_REFUSED, 0, "'%.*s' is no reviewer: its roles are %.*s",
		               SLICE_ARG(account->name), SLICE_ARG(account->roles));
	if (account->verifier.n) {
		int rc = note_key_parse(account->verifier, &found.key, err);
		if (rc)
			return err_wrap(err, "the key of account '%.*s'", SLICE_ARG(account->name));
		found.has_key = true;
	}
	*out = found;
	return 0;
}

int authority_reviewer(struct store *store, const struct config *config, struct slice name,
                       struct arena *a, struct authority *out, struct err *err)
{
	struct store_account account;
	struct err why = { 0 };
	int rc = store_account_find(store, name, a, &account, &why);

	if (rc == 0)
		return of_account(&account, out, err);
	if (rc != ERR_NOTFOUND && rc != ERR_SYNTAX) {
		if (err)
			*err = why;
		return rc;
	}
	const struct config_reviewer *named = config_reviewer_find(config, name);
	if (!named)
		return err_set(err, ERR_REFUSED, 0,
		               "'%.*s' is no reviewer: make an account (assay account add) or name "
		               "reviewers in assay.yaml", SLICE_ARG(slice_sub(name, 0, 64)));
	*out = (struct authority){ .is_demonstration = named->demonstration };
	return 0;
}

/* why: ends "'akari' ", before what its roles are. */
static int permitted(struct store *store, struct slice name, enum permission what,
                     const char *why, struct arena *a, struct err *err)
{
	struct store_account *list = NULL;
	size_t n = 0;
	role_set roles = 0;
	int rc = store_accounts(store, a, &list, &n, err);

	if (rc || n == 0)
		return rc;
	for (size_t i = 0; i < n; i++) {
		if (!slice_eq(list[i].name, name))
			continue;
		if (list[i].is_disabled)
			return err_set(err, ERR_REFUSED, 0, "the account '%.*s' is disabled",
			               SLICE_ARG(name));
		if (role_set_parse(list[i].roles, " ", &roles, NULL))
			roles = 0;
		return role_may(roles, what)
		               ? 0
		               : err_set(err, ERR_REFUSED, 0, "'%.*s' %s: its roles are %.*s",
		                         SLICE_ARG(name), why, SLICE_ARG(list[i].roles));
	}
	return err_set(err, ERR_REFUSED, 0, "there is no account '%.*s'",
	               SLICE_ARG(slice_sub(name, 0, 64)));
}

int authority_packs(struct store *store, struct slice name, struct arena *a,
                    struct err *err)
{
	return permitted(store, name, PERMIT_PACKS, "is no administrator", a, err);
}

int authority_permitted(struct store *store, struct slice name, enum permission what,
                        struct arena *a, struct err *err)
{
	char why[64];

	snprintf(why, sizeof(why), "has no role that may do that (%s)", permission_name(what));
	return permitted(store, name, what, why, a, err);
}

int authority_signed_act(struct store *store, const struct config *config, struct slice bytes,
                         struct arena *a, struct record *act, struct authority *out,
                         struct err *err)
{
	struct signed_act s;
	struct authority found;
	int rc = signed_act_parse(bytes, &s, err);

	if (rc)
		return rc;
	rc = authority_reviewer(store, config, s.reviewer, a, &found, err);
	if (rc == 0 && !found.has_key)
		rc = err_set(err, ERR_REFUSED, 0,
		             "'%.*s' was enrolled without a key (assay account verifier)",
		             SLICE_ARG(s.reviewer));
	if (rc == 0)
		rc = signed_act_check(&s, &found.key, err);
	if (rc) {
		signed_act_release(&s);
		return rc;
	}
	*act = s.act;
	*out = found;
	return 0;
}
