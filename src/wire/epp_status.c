#include "wire/epp_status.h"

/* clang-format off */
static const struct {
	const char *epp, *rdap; /* RFC 8056 section 2 */
} spelled[EPP_STATUSES] = {
	[EPP_NONE] = { "", "" },
	[EPP_OK] = { "ok", "active" },
	[EPP_LINKED] = { "linked", "associated" },
	[EPP_INACTIVE] = { "inactive", "inactive" },
	[EPP_ADD_PERIOD] = { "addPeriod", "add period" },
	[EPP_AUTO_RENEW_PERIOD] = { "autoRenewPeriod", "auto renew period" },
	[EPP_RENEW_PERIOD] = { "renewPeriod", "renew period" },
	[EPP_TRANSFER_PERIOD] = { "transferPeriod", "transfer period" },
	[EPP_REDEMPTION_PERIOD] = { "redemptionPeriod", "redemption period" },
	[EPP_PENDING_CREATE] = { "pendingCreate", "pending create" },
	[EPP_PENDING_DELETE] = { "pendingDelete", "pending delete" },
	[EPP_PENDING_RENEW] = { "pendingRenew", "pending renew" },
	[EPP_PENDING_RESTORE] = { "pendingRestore", "pending restore" },
	[EPP_PENDING_TRANSFER] = { "pendingTransfer", "pending transfer" },
	[EPP_PENDING_UPDATE] = { "pendingUpdate", "pending update" },
	[EPP_CLIENT_DELETE_PROHIBITED] = { "clientDeleteProhibited", "client delete prohibited" },
	[EPP_CLIENT_HOLD] = { "clientHold", "client hold" },
	[EPP_CLIENT_RENEW_PROHIBITED] = { "clientRenewProhibited", "client renew prohibited" },
	[EPP_CLIENT_TRANSFER_PROHIBITED] = { "clientTransferProhibited",
	                                     "client transfer prohibited" },
	[EPP_CLIENT_UPDATE_PROHIBITED] = { "clientUpdateProhibited", "client update prohibited" },
	[EPP_SERVER_DELETE_PROHIBITED] = { "serverDeleteProhibited", "server delete prohibited" },
	[EPP_SERVER_HOLD] = { "serverHold", "server hold" },
	[EPP_SERVER_RENEW_PROHIBITED] = { "serverRenewProhibited", "server renew prohibited" },
	[EPP_SERVER_TRANSFER_PROHIBITED] = { "serverTransferProhibited",
	                                     "server transfer prohibited" },
	[EPP_SERVER_UPDATE_PROHIBITED] = { "serverUpdateProhibited", "server update prohibited" },
};
/* clang-format on */

const char *epp_status_name(enum epp_status s)
{
	return (unsigned)s < EPP_STATUSES ? spelled[s].epp : "";
}

const char *epp_status_rdap(enum epp_status s)
{
	return (unsigned)s < EPP_STATUSES ? spelled[s].rdap : "";
}

static bool is_joint(char c)
{
	return c == ' ' || c == '-' || c == '_';
}

static bool spells(struct slice word, const char *name)
{
	for (size_t i = 0; i < word.n; i++) {
		if (is_joint(word.p[i]))
			continue;
		while (*name == ' ')
			name++;
		if (!*name || ascii_lower(word.p[i]) != ascii_lower(*name))
			return false;
		name++;
	}
	return !*name;
}

enum epp_status epp_status_of(struct slice word)
{
	for (int s = EPP_OK; s < EPP_STATUSES; s++)
		if (spells(word, spelled[s].epp) || spells(word, spelled[s].rdap))
			return (enum epp_status)s;
	return EPP_NONE;
}
