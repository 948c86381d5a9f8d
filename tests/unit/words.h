/* SPDX-License-Identifier: Apache-2.0 */
/* A command line for options_parse(), and what it refuses. */
#ifndef WORDS_H
#define WORDS_H

#include <errno.h>
#include <getopt.h>

#include "base/diag.h"
#include "options/options.h"
#include "unit.h"

#define WORDS_MAX 8

/* The words up to the first NULL, behind a program's name. */
static inline int words_parse(const char *const *words, struct options *options, struct diag *diag)
{
	const char *argv[WORDS_MAX + 2] = {"tcpstates"};
	int argc = 1;

	while (argc <= WORDS_MAX && words[argc - 1]) {
		argv[argc] = words[argc - 1];
		argc++;
	}
	optind = 0; /* getopt(3): to scan another vector, with glibc */
	return options_parse(argc, (char **)argv, options, diag);
}

#define PARSE(options, diag, ...) words_parse((const char *[]){__VA_ARGS__, NULL}, options, diag)

struct error_case {
	const char *words[WORDS_MAX];
	const char *what;
};

/* Each is refused with these words, and no more of them. */
static inline void error_cases_check(const struct error_case *cases, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		struct options options;
		struct diag diag = {0};
		int err = words_parse(cases[i].words, &options, &diag);

		options_free(&options);
		if (err != -EINVAL)
			print_error("taken: %s ...\n", cases[i].words[0]);
		assert_int_equal(err, -EINVAL);
		assert_string_equal(diag.what, cases[i].what);
		assert_string_equal(diag.hint, "");
	}
}

#endif
