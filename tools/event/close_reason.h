/* SPDX-License-Identifier: Apache-2.0 */
/* Close reasons, as the program finds them (bpf_text/why.h), in words. */
#ifndef CLOSE_REASON_H
#define CLOSE_REASON_H

#include <linux/types.h>

#include "reset_reasons.h"
#include "summary_wire.h"

/* The word of a reason, or NULL if it is uncertain or none. */
const char *why_word(enum why why);

/* The kernel's name of a reset's reason, without SK_RST_REASON_, or NULL. */
const char *reset_reason_word(enum reset_reason reason);

/*
 * The side that closed first, "local" or "remote"; NULL if neither did yet, or if it is uncertain.
 * why is the reason, at the change to CLOSE.
 */
const char *close_first(enum why why, unsigned int oldstate, unsigned int newstate);

#endif
