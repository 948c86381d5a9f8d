/* SPDX-License-Identifier: Apache-2.0 */
/* How a session ended, out of what the socket said at its change to CLOSE (bpf_text/wire.h). */
#ifndef CLOSE_REASON_H
#define CLOSE_REASON_H

#include <linux/types.h>

#include "summary_wire.h"
#include "wire.h"

/* The word for it, or NULL: it is not certain. */
const char *why_word(enum why why);

/* Why it ended, or NULL: it did not, or that is not certain. */
const char *close_why(const struct close_info *info, unsigned int oldstate, unsigned int newstate);

/* Who closed it first, "local" or "remote", or NULL: nobody yet, or that is not certain. */
const char *close_first(const struct close_info *info, unsigned int oldstate,
			unsigned int newstate);

#endif
