/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The terminal as a whole screen: keys are read one by one, and nothing that is typed is echoed.
 * Escape sequences are those of ECMA-48 and xterm's alternate screen, which all terminals have that
 * are in use. terminal_close() leaves it as it was.
 */
#ifndef TERMINAL_H
#define TERMINAL_H

#include <stdbool.h>
#include <stddef.h>
#include <termios.h>

struct diag;

struct terminal { /* zeroed: closed */
	bool is_open;
	struct termios before;
};

/* Takes stdin and stdout, which must be a terminal: -ENOTTY with diag filled. */
int terminal_open(struct terminal *terminal, struct diag *diag);
void terminal_close(struct terminal *terminal);

/* The lines and columns of stdout; 24 and 80 if they are not known. */
void terminal_size(size_t *rows, size_t *columns);

#define TERMINAL_HOME	  "\033[H" /* the cursor to the first place */
#define TERMINAL_LINE_END "\033[K\r\n" /* clears the rest of the line */
#define TERMINAL_END	  "\033[K\033[J" /* clears the rest of the screen */

#endif
