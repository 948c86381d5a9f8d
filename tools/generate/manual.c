/* SPDX-License-Identifier: Apache-2.0 */
/*
 * manual < TEMPLATE: the manual page or the schema of JSON, with the lists that the tool's own
 * tables make in the place of the lines @OPTIONS@, @FIELDS@, @SOCKET_FIELDS@ and
 * @OTEL_SOCKET_FIELDS@, and words in that of @VERSION@, @SBINDIR@, @LIBEXECDIR@, @DOCDIR@.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "options/options.h"
#include "output/fields.h"

static void word_replace(const char *line, const char *word, const char *by)
{
	const char *at = strstr(line, word);

	printf("%.*s%s%s", (int)(at - line), line, by, at + strlen(word));
}

int main(void)
{
	char *line = NULL;
	size_t room = 0;

	while (getline(&line, &room, stdin) > 0) {
		if (!strcmp(line, "@OPTIONS@\n"))
			options_manual(stdout);
		else if (!strcmp(line, "@FIELDS@\n"))
			fields_manual(stdout);
		else if (!strcmp(line, "@SOCKET_FIELDS@\n"))
			fields_schema(stdout, false);
		else if (!strcmp(line, "@OTEL_SOCKET_FIELDS@\n"))
			fields_schema(stdout, true);
		else if (strstr(line, "@VERSION@"))
			word_replace(line, "@VERSION@", VERSION);
		else if (strstr(line, "@SBINDIR@"))
			word_replace(line, "@SBINDIR@", SBINDIR);
		else if (strstr(line, "@LIBEXECDIR@"))
			word_replace(line, "@LIBEXECDIR@", LIBEXECDIR);
		else if (strstr(line, "@DOCDIR@"))
			word_replace(line, "@DOCDIR@", DOCDIR);
		else
			fputs(line, stdout);
	}
	free(line);
	return fflush(stdout) ? 1 : 0;
}
