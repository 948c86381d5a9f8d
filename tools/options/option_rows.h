/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Every option once: what is parsed, -h, the manual page and the shells' completions are made from
 * these rows.
 */
#ifndef OPTION_ROWS_H
#define OPTION_ROWS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct diag;
struct option_row;

/* A value of the command line. */
struct option_value {
	const struct option_row *row;
	const char *name; /* as messages have it: "-L/--localport" */
	void *member; /* of struct options */
	const char *text; /* or NULL: it is optional, and none was given */
};

typedef int option_fn(const struct option_value *value, struct diag *diag);

/* In the order in which -h prints them. */
enum option_group {
	GROUP_CLASSIC, /* the interface of BCC's tool */
	GROUP_SELECT,
	GROUP_SHOW,
	GROUP_FORMAT,
	GROUP_MODES,
	GROUP_STOP,
	GROUP_TUNING,
};

extern const char *const group_names[]; /* as headings of -h and the man page */

/* What a shell can complete a value from. */
enum completion {
	COMPLETE_NOTHING,
	COMPLETE_STATES,
	COMPLETE_STUCK, /* SECONDS[:STATES] */
	COMPLETE_WHYS,
	COMPLETE_FIELDS,
	COMPLETE_KEYS,
	COMPLETE_COLUMNS,
	COMPLETE_PROBES,
	COMPLETE_WHEN,
	COMPLETE_ADDRESSES, /* this host's */
	COMPLETE_NAMESPACES, /* of the network, those with a name, and files */
	COMPLETE_FILES,
	COMPLETE_FOLDERS,
};

struct option_row {
	char letter; /* or 0 */
	const char *name;
	const char *metavar; /* or NULL: takes no value */
	const char *help;
	enum option_group group;
	bool value_optional;
	enum completion complete;
	/* Names of other options, separated by blanks, or NULL. A+B: both; A!B: A without B. */
	const char *conflicts;
	const char *requires; /* the name of another option, or two: A|B; or NULL */
	size_t member; /* offset in struct options: of the bool to set, or of what set() fills */
	option_fn *set; /* with a value */
	const char *field; /* of --filter, which the value is compared with */
	uint64_t max; /* of a number, which is at least 1 */
};

#define OPTION_ROWS_MAX 80

extern const struct option_row option_rows[];
extern const size_t option_row_count;

extern const char *const when_words[]; /* of --color and --csv-safe; NULL past the last */

#endif
