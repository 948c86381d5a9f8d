/* SPDX-License-Identifier: Apache-2.0 */
/* What every unit test begins with: cmocka.h wants the standard headers before it. */
#ifndef UNIT_H
#define UNIT_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/text.h"

#ifndef assert_uint_in_range /* its name since cmocka 2 */
#define assert_uint_in_range assert_in_range
#endif
#define COUNT(array)   (sizeof(array) / sizeof(*(array)))
#define BYTES(literal) (literal), sizeof(literal) - 1

/* The text holds these bytes, and a NUL after them. */
static inline void text_assert(const struct text *text, const char *bytes, size_t len)
{
	assert_int_equal(text->err, 0);
	assert_int_equal(text->len, len);
	assert_memory_equal(text->data, bytes, len);
	assert_int_equal(text->data[len], '\0');
}

#endif
