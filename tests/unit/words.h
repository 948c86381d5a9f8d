/* SPDX-License-Identifier: Apache-2.0 */
/* A command line for options_parse(). */
#ifndef WORDS_H
#define WORDS_H

#include <getopt.h>

#include "options.h"

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

#endif
