/* SPDX-License-Identifier: GPL-2.0 OR Apache-2.0 */
/* The side that closed a session first, once for the program and the tracer. */
#ifndef FIRST_H
#define FIRST_H

#include "summary_wire.h"

enum first {
	FIRST_UNKNOWN,
	FIRST_LOCAL,
	FIRST_REMOTE,
};

static inline enum first first_of(enum why why, unsigned int oldstate, unsigned int newstate)
{
	/* Each state after a FIN is reached by one side's FIN alone. */
	switch (newstate == TCP_CLOSE ? oldstate : newstate) {
	case TCP_FIN_WAIT1:
	case TCP_FIN_WAIT2:
	case TCP_CLOSING:
		return FIRST_LOCAL;
	case TCP_CLOSE_WAIT:
	case TCP_LAST_ACK:
		return FIRST_REMOTE;
	}
	switch (why) {
	case WHY_RESET_BY_PEER:
		return FIRST_REMOTE;
	case WHY_RESET_UNREAD:
	case WHY_RESET_LINGER:
	case WHY_RESET_BY_US:
		return FIRST_LOCAL;
	default:
		return FIRST_UNKNOWN;
	}
}

#endif
