/* SPDX-License-Identifier: Apache-2.0 */
#include "text.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define TEXT_ROOM_MIN 256
#define DIGITS_MAX    20 /* 2^64 - 1 */

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

void text_bytes(struct text *text, const void *bytes, size_t len)
{
	char *at = text_reserve(text, len);

	if (!at)
		return;
	memcpy(at, bytes, len);
	at[len] = '\0';
	text->len += len;
}

void text_str(struct text *text, const char *str)
{
	text_bytes(text, str, strlen(str));
}

void text_char(struct text *text, char c)
{
	text_bytes(text, &c, 1);
}

/* Writes value's digits so that they end before end, at least min of them; returns their start. */
static char *digits_put(char *end, uint64_t value, unsigned int base, int min)
{
	do {
		*--end = "0123456789abcdef"[value % base];
		value /= base;
	} while (--min > 0 || value);
	return end;
}

void text_dec(struct text *text, uint64_t value)
{
	char buf[DIGITS_MAX], *start = digits_put(buf + sizeof(buf), value, 10, 1);

	text_bytes(text, start, buf + sizeof(buf) - start);
}

void text_hex(struct text *text, uint64_t value)
{
	char buf[DIGITS_MAX], *start = digits_put(buf + sizeof(buf), value, 16, 1);

	text_bytes(text, start, buf + sizeof(buf) - start);
}

static void text_fixed(struct text *text, uint64_t value, uint64_t unit, int decimals)
{
	char buf[DIGITS_MAX + 1],
		*start = digits_put(buf + sizeof(buf), value % unit, 10, decimals);

	*--start = '.';
	start = digits_put(start, value / unit, 10, 1);
	text_bytes(text, start, buf + sizeof(buf) - start);
}

void text_thousandths(struct text *text, uint64_t value)
{
	text_fixed(text, value, 1000, 3);
}

void text_millionths(struct text *text, uint64_t value)
{
	text_fixed(text, value, 1000000, 6);
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
