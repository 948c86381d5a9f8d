/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The names of --filter: the fields of -o, two older names, and mptcp. Each has a type, which says
 * what it can be compared with.
 */
#ifndef OPERAND_H
#define OPERAND_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/prefix.h"
#include "event/event.h"
#include "filter/marks.h"

struct text;

enum operand_type {
	OPERAND_NUMBER,
	OPERAND_STATE, /* a number, or a state's name */
	/* Those below can only be compared with a literal. */
	OPERAND_TIME, /* nanoseconds in the program; a literal without a unit is in milliseconds */
	OPERAND_WORD, /* one of a few words, as a number */
	OPERAND_ADDRESS,
	OPERAND_TEXT,
	OPERAND_NAME, /* a text that the tracer compares (marks.h) */
	OPERAND_NONE, /* the program does not know the field at a change */
};

struct operand {
	const char *name;
	enum operand_type type;
	const char *declaration; /* of the variable with its name in the program */
	bool may_be_unknown; /* then it is negative; of a text NAME_known is 0 */
	bool is_filled; /* event_fill() of bpf_text/change.h reads it */
	uint32_t optionals; /* that it requires, a bit for each enum event_optional */
	uint8_t size; /* of a text with its NUL */
	const char *(*word)(unsigned int number); /* NULL: no word has the number */
	unsigned int words; /* they have lower numbers */
	const char *why_none;
	enum mark_kind mark; /* that its comparisons are; of opid those with PID+ alone */
};

#define OPERANDS_MAX 64 /* a set of them is a uint64_t */

extern const struct operand operands[];
extern const size_t operand_count;

/* The operand whose name is the len bytes, or NULL. */
const struct operand *operand_find(const char *name, size_t len);

static inline bool operand_needs_literal(const struct operand *operand)
{
	return operand->type >= OPERAND_TIME;
}

/* What an operand is compared with. */
struct literal {
	int64_t number;
	bool is_tree; /* the process with that PID, and its descendants */
	bool more; /* may follow the name */
	const char *name; /* in the text that was read, len bytes; or NULL */
	struct prefix prefix;
	char text[OWNER_EXE_LEN];
	size_t len; /* bytes of name; or of text: with the NUL, or without it if more may follow */
};

/* How many bytes at at may be a literal of the operand, with quotes around it or not; 0: none. */
size_t literal_span(const struct operand *operand, const char *at);

/*
 * Reads the len bytes, which may be in quotes. -EINVAL, and why says what is wrong: it is followed
 * by the bytes.
 */
int literal_read(const struct operand *operand, const char *at, size_t len, struct literal *literal,
		 struct text *why);

#endif
