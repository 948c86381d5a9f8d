/* SPDX-License-Identifier: Apache-2.0 */
/* What the program knows by number, in words: NULL if it is uncertain or none. */
#ifndef EVENT_WORDS_H
#define EVENT_WORDS_H

#include <linux/types.h>
#include <netinet/tcp.h>

#include "first.h"
#include "reset_reasons.h"
#include "summary_wire.h"
#include "wire.h"

const char *why_word(unsigned int why); /* enum why */
const char *first_word(unsigned int first); /* enum first */
const char *owner_from_word(unsigned int from); /* enum owner_from */

const char *opened_word(unsigned int opened); /* enum opened */

/* The kernel's name of a reset's reason, without SK_RST_REASON_. */
const char *reset_reason_word(enum reset_reason reason);

#endif
