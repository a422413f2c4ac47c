/* The mail relay of the configuration, ready for sys/smtp.h: letters and notices leave by it. */
#ifndef CMD_RELAY_H
#define CMD_RELAY_H

#include "base/buf.h"
#include "base/err.h"
#include "model/config.h"
#include "sys/smtp.h"

struct relay {
	struct smtp_relay to; /* points into what is beneath: stays where it was loaded */
	char host[256], helo[256];
	struct buf password;
};

/* Read where the configuration says, the password from its file. ERR_USAGE: no relay is set, or one
 * without TLS that is no loopback address; what secret_read says. Release it in any case. */
int relay_load(const struct config *config, struct relay *out, struct err *err);
void relay_release(struct relay *r);

#endif
