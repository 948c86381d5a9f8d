/* SPDX-License-Identifier: Apache-2.0 */
/* The Makefile of a kernel's build tree, which names the source tree. */
#include "compile/headers.h"

#include <errno.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/diag.h"
#include "fuzz.h"

static char folder[] = "/tmp/fuzz_headers.XXXXXX", makefile[64];

static void path_make(char path[64], const char *name)
{
	PROMISE(snprintf(path, 64, "%s%s", folder, name) < 64);
}

static void folder_remove(void)
{
	static const char *const names[] = {"/include/generated/autoconf.h", "/include/generated",
					    "/include", "/Makefile", ""};
	char path[64];

	for (size_t i = 0; i < COUNT_OF(names); i++) {
		path_make(path, names[i]);
		remove(path);
	}
}

/* What a build tree has, once for all inputs. */
static void folder_make(void)
{
	char path[64];
	FILE *file;

	PROMISE(mkdtemp(folder) && !atexit(folder_remove));
	path_make(makefile, "/Makefile");
	path_make(path, "/include");
	PROMISE(!mkdir(path, 0700));
	path_make(path, "/include/generated");
	PROMISE(!mkdir(path, 0700));
	path_make(path, "/include/generated/autoconf.h");
	file = fopen(path, "we");
	PROMISE(file && !fclose(file));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct headers *headers = malloc(sizeof(*headers));
	struct diag diag;
	FILE *file;
	int err;

	if (!makefile[0])
		folder_make();
	file = fopen(makefile, "we");
	PROMISE(headers && file && fwrite(data, 1, size, file) == size && !fclose(file));
	err = headers_find(folder, headers, &diag);
	PROMISE(!err || err == -ENOENT);
	PROMISE(err || (headers->source[0] == '/' && !strcmp(headers->build, folder)));
	free(headers);
	return 0;
}
