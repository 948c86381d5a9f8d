/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A comma-separated list of the command line, with blanks around its items or none. One that begins
 * with '!' excludes all that it names.
 *
 *	list_begin(&list, value);
 *	while (list_next(&list))
 *		... list.at, list.len ...
 */
#ifndef LIST_H
#define LIST_H

#include <stdbool.h>
#include <stddef.h>

struct diag;

struct list {
	const char *value; /* all of it */
	const char *next; /* what follows the item, or NULL */
	const char *at; /* the item */
	size_t len;
	bool excluded;
};

void list_begin(struct list *list, const char *value);

/* Advances to the next item, which may be empty; there is at least one. False after the last. */
bool list_next(struct list *list);

/* -EINVAL, with diag saying what is wrong with the item, and where it stands. */
int list_refuse(const struct list *list, const char *option, const char *what, struct diag *diag);

#endif
