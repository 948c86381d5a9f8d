/* SPDX-License-Identifier: Apache-2.0 */
/* Close reasons, from the flags of the change to CLOSE (bpf_text/wire.h). */
#ifndef CLOSE_REASON_H
#define CLOSE_REASON_H

#include <linux/types.h>

#include "summary_wire.h"
#include "wire.h"

/* The word of a reason, or NULL if it is uncertain. */
const char *why_word(enum why why);

/* The reason of a session's end; NULL for other changes, or if it is uncertain. */
const char *close_why(const struct close_info *info, unsigned int oldstate, unsigned int newstate);

/*
 * The side that closed first, "local" or "remote"; NULL if neither did yet, or if it is uncertain.
 */
const char *close_first(const struct close_info *info, unsigned int oldstate,
			unsigned int newstate);

#endif
