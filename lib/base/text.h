/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A growing string, for program text and for a batch of output lines. Start from `struct text t =
 * {0}`; text_free() ends it. Running out of memory is remembered in err and makes each later
 * append do nothing, so that a writer checks once, at the end.
 */
#ifndef TEXT_H
#define TEXT_H

#include <stddef.h>
#include <stdint.h>

struct text {
	char *data; /* NUL-terminated once anything was appended */
	size_t len;
	size_t room;
	int err; /* 0 or -ENOMEM */
};

void text_free(struct text *text);
void text_clear(struct text *text); /* keeps the memory */

/*
 * Returns room for len more bytes and a NUL, or NULL. After writing, the caller adds to text->len,
 * or calls text_commit() with the end of the bytes, which also writes the NUL.
 */
char *text_reserve(struct text *text, size_t len);
void text_commit(struct text *text, char *end);

void text_bytes(struct text *text, const void *bytes, size_t len);
void text_str(struct text *text, const char *str);
void text_char(struct text *text, char c);
void text_visible(struct text *text, const char *str); /* visible.h */
void text_dec(struct text *text, uint64_t value);
void text_printf(struct text *text, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

#define _cleanup_text_ __attribute__((cleanup(text_free)))

#endif
