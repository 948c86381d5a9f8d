/* SPDX-License-Identifier: Apache-2.0 */
#include "base/text.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/digits.h"
#include "base/visible.h"

#define TEXT_ROOM_MIN 256

void text_free(struct text *text)
{
	free(text->data);
	*text = (struct text){0};
}

void text_clear(struct text *text)
{
	text->len = 0;
	text->err = 0;
}

char *text_reserve(struct text *text, size_t len)
{
	size_t room = text->room ? text->room : TEXT_ROOM_MIN;
	char *data;

	if (text->err)
		return NULL;
	if (text->len + len < text->room)
		return text->data + text->len;
	while (room <= text->len + len)
		room *= 2;
	data = realloc(text->data, room);
	if (!data) {
		text->err = -ENOMEM;
		return NULL;
	}
	text->data = data;
	text->room = room;
	return data + text->len;
}

void text_commit(struct text *text, char *end)
{
	*end = '\0';
	text->len = end - text->data;
}

void text_bytes(struct text *text, const void *bytes, size_t len)
{
	char *at = text_reserve(text, len);

	if (!at)
		return;
	memcpy(at, bytes, len);
	text_commit(text, at + len);
}

void text_str(struct text *text, const char *str)
{
	text_bytes(text, str, strlen(str));
}

void text_char(struct text *text, char c)
{
	text_bytes(text, &c, 1);
}

void text_visible(struct text *text, const char *str)
{
	size_t columns, len = strlen(str);
	char *at = text_reserve(text, VISIBLE_ROOM(len));

	if (at)
		text_commit(text, visible_put(at, str, len, SIZE_MAX, &columns));
}

void text_dec(struct text *text, uint64_t value)
{
	char *at = text_reserve(text, DIGITS_DEC_ROOM);

	if (at)
		text_commit(text, digits_dec(at, value));
}

void text_printf(struct text *text, const char *fmt, ...)
{
	va_list args;
	char *at;
	int len;

	va_start(args, fmt);
	len = vsnprintf(NULL, 0, fmt, args);
	va_end(args);
	at = len < 0 ? NULL : text_reserve(text, len);
	if (!at)
		return;
	va_start(args, fmt);
	vsnprintf(at, len + 1, fmt, args);
	va_end(args);
	text->len += len;
}
