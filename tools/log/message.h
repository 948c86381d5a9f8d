/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Prints on stderr. Each message is one line; no path or name in it can end the line, move the
 * cursor or change the direction of writing (base/visible.h).
 */
#ifndef MESSAGE_H
#define MESSAGE_H

#include <stdbool.h>
#include <stddef.h>

struct diag;

#define MESSAGE_MAX (4096 + 512) /* bytes of text that are kept: a path, and words around it */

/* Prints "tcpstates: " and the text. */
void message_print(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

/* Prints what the error is about, ": " and the error; and the hint. */
void message_about(const char *subject, const struct diag *diag);

/*
 * Keeps messages while the terminal is in use as a screen, of a bounded number of bytes, and prints
 * them.
 */
void message_hold(void);
void message_release(void);
/* The last message that is kept, without its newline; empty: none. len becomes its bytes. */
const char *message_last(size_t *len);

/* Prints the error, the hint with a caret below its position, and, if verbose, the detail. */
void message_diag(const struct diag *diag, bool verbose);

#endif
