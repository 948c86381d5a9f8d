/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Bytes of unknown origin, made safe to show: nothing that comes out can end a line, move a
 * terminal's cursor or turn the direction of writing.
 */
#ifndef VISIBLE_H
#define VISIBLE_H

#include <stddef.h>

struct text;

/*
 * Appends the len bytes at bytes as UTF-8 and returns the columns taken, one a character. At most
 * max characters are shown (SIZE_MAX: all); an escape is never cut in two.
 *
 * - A control character (C0, DEL, C1), a line or paragraph separator and a bidirectional control
 *   are shown as \xHH, a byte each.
 * - What is not UTF-8 is shown as U+FFFD, one for each maximal subpart (Unicode 15, 3.9, "U+FFFD
 *   Substitution of Maximal Subparts"), which is what Python's "replace" handler prints.
 */
size_t visible_append(struct text *text, const char *bytes, size_t len, size_t max);

#endif
