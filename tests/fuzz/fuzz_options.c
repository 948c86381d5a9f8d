/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A whole command line, and the filters that it makes. No word of it reaches the program's text as
 * it is.
 *
 * Input: the words, each up to a NUL.
 */
#include "options/options.h"

#include <errno.h>
#include <getopt.h>

#include "base/diag.h"
#include "base/text.h"
#include "fuzz.h"
#include "judge.h"

#define WORDS_MAX 16

static void filters_judge(const struct options *options)
{
	_cleanup_text_ struct text text = {0};
	const char *line;

	filter_render(&text, &options->trace.program.filter);
	PROMISE(!text.err && judge_ascii(text.len ? text.data : "", text.len, "\n\t"));
	/* Each line is a macro of ours, or declares a variable in one. */
	for (line = text.data; line && *line; line = strchr(line, '\n') + 1)
		PROMISE(!strncmp(line, "#define FILTER", strlen("#define FILTER")) ||
			!strncmp(line, "\tconst ", strlen("\tconst ")));
}

static void options_judge(int err, const struct options *options, const struct diag *diag)
{
	PROMISE(!err || err == -EINVAL);
	if (err) {
		PROMISE(diag->what[0] && strlen(diag->what) < sizeof(diag->what));
		PROMISE(diag->place <= strlen(diag->hint) + 1);
		return;
	}
	filters_judge(options);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct input input = {data, size};
	char *argv[WORDS_MAX + 2] = {(char[]){"tcpstates"}}, *words[WORDS_MAX];
	struct options options;
	struct diag diag = {0};
	int argc = 1, err;

	while (input.left && argc <= WORDS_MAX) {
		words[argc - 1] = argv[argc] = input_string(&input);
		argc++;
	}
	optind = 0; /* getopt(3): to scan another vector, with glibc */
	err = options_parse(argc, argv, &options, &diag);
	options_judge(err, &options, &diag);
	options_free(&options);
	while (argc > 1)
		free(words[--argc - 1]);
	return 0;
}
