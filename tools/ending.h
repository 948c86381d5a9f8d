/* SPDX-License-Identifier: Apache-2.0 */
/* How a session ended, out of what the socket said at its change to CLOSE (bpf_text/wire.h). */
#ifndef ENDING_H
#define ENDING_H

#include <linux/types.h>

#include "summary_wire.h"
#include "wire.h"

/* The word for it, or NULL: it is not certain. */
const char *ending_word(enum why why);

/* Why it ended, or NULL: it did not, or that is not certain. */
const char *ending_why(const struct ending *ending, unsigned int oldstate, unsigned int newstate);

/* Who closed it first, "local" or "remote", or NULL: nobody yet, or that is not certain. */
const char *ending_first(const struct ending *ending, unsigned int oldstate, unsigned int newstate);

#endif
