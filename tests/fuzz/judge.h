/* SPDX-License-Identifier: Apache-2.0 */
/* What can be promised of any text that is shown, judged without the code that makes it. */
#ifndef JUDGE_H
#define JUDGE_H

#include <stdbool.h>
#include <stddef.h>

/* Valid UTF-8 of printable characters (lib/printable.inc), to which allowed may add others. */
bool judge_visible(const char *bytes, size_t len, const char *allowed);

/* The same of ASCII alone. */
bool judge_ascii(const char *bytes, size_t len, const char *allowed);

/* One object of RFC 8259. */
bool judge_json_object(const char *bytes, size_t len);

/* The values in a line of RFC 4180, or 0: it is none. */
size_t judge_csv_values(const char *bytes, size_t len);

#endif
