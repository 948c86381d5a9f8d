/* SPDX-License-Identifier: Apache-2.0 */
/*
 * An error for the one place that prints it. lib/ never prints: a function returns -errno and,
 * where errno alone says too little, fills the caller's struct diag. A plain value that owns
 * nothing. Paths and other input are in it unescaped: the code that prints it escapes them.
 */
#ifndef DIAG_H
#define DIAG_H

struct diag {
	char what[512]; /* what: why */
	char hint[256]; /* what to do about it, or the part of the input that is wrong; or empty */
	unsigned int place; /* a byte of hint to point at, from 1, or 0 */
	char detail[4096]; /* many lines, for the curious: a compiler's or verifier's words */
};

/* Sets what and clears the rest; returns err, so that `return diag_set(...)` reads well. */
int diag_set(struct diag *diag, int err, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

/* Like diag_set(), with ": " and the text of -err at the end. */
int diag_errno(struct diag *diag, int err, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

void diag_hint(struct diag *diag, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/* Keeps the last part of text, from the start of a line, if it is too long. */
void diag_detail(struct diag *diag, const char *text);

#endif
