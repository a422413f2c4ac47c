/* Statuses of a registration, in the two spellings that registries publish.
 *
 *   source  RFC 5731 section 2.3 and RFC 3915 section 3.1 (EPP: "clientHold"), RFC 9083 section
 *           10.2.2 (RDAP: "client hold"), RFC 8056 section 2 (which is which: "ok" is "active",
 *           "linked" is "associated")
 *   kept    as EPP spells them */
#ifndef WIRE_EPP_STATUS_H
#define WIRE_EPP_STATUS_H

#include "base/slice.h"

#include <stdbool.h>

enum epp_status {
	EPP_NONE, /* no status of EPP */
	EPP_OK,
	EPP_LINKED,
	EPP_INACTIVE,
	EPP_ADD_PERIOD,
	EPP_AUTO_RENEW_PERIOD,
	EPP_RENEW_PERIOD,
	EPP_TRANSFER_PERIOD,
	EPP_REDEMPTION_PERIOD,
	EPP_PENDING_CREATE,
	EPP_PENDING_DELETE,
	EPP_PENDING_RENEW,
	EPP_PENDING_RESTORE,
	EPP_PENDING_TRANSFER,
	EPP_PENDING_UPDATE,
	EPP_CLIENT_DELETE_PROHIBITED,
	EPP_CLIENT_HOLD,
	EPP_CLIENT_RENEW_PROHIBITED,
	EPP_CLIENT_TRANSFER_PROHIBITED,
	EPP_CLIENT_UPDATE_PROHIBITED,
	EPP_SERVER_DELETE_PROHIBITED,
	EPP_SERVER_HOLD,
	EPP_SERVER_RENEW_PROHIBITED,
	EPP_SERVER_TRANSFER_PROHIBITED,
	EPP_SERVER_UPDATE_PROHIBITED,
	EPP_STATUSES
};

/* "clientHold"; "" for EPP_NONE. Static. */
const char *epp_status_name(enum epp_status s);
/* "client hold"; "" for EPP_NONE. Static. */
const char *epp_status_rdap(enum epp_status s);

/* Read either spelling, in any case; spaces, '-' and '_' do not count ("CLIENT-HOLD"). */
enum epp_status epp_status_of(struct slice word);

#endif
