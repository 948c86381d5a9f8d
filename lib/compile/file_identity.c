/* SPDX-License-Identifier: Apache-2.0 */
/* A line: device, inode, size, seconds, nanoseconds, path, with a space between. */
#include "compile/file_identity.h"

#include <limits.h>
#include <link.h>
#include <stdint.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/text.h"

#define NUMBERS	  5 /* before the path */
#define LIBRARIES "/etc/ld.so.cache" /* written anew when a library is put into another place */

void file_identity_append(struct text *lines, const char *path)
{
	struct stat st;

	if (stat(path, &st)) {
		text_printf(lines, "gone %s\n", path);
		return;
	}
	text_printf(lines, "%ju %ju %jd %jd %ld %s\n", (uintmax_t)st.st_dev, (uintmax_t)st.st_ino,
		    (intmax_t)st.st_size, (intmax_t)st.st_mtim.tv_sec, st.st_mtim.tv_nsec, path);
}

/* The first object is the program, which has no name here; the kernel's own has one, but no path.
 */
static int library_add(struct dl_phdr_info *info, size_t size, void *lines)
{
	(void)size;
	if (strchr(info->dlpi_name, '/'))
		file_identity_append(lines, info->dlpi_name);
	return 0;
}

void file_identity_append_self(struct text *lines)
{
	char exe[PATH_MAX];
	ssize_t len = readlink("/proc/self/exe", exe, sizeof(exe) - 1);

	exe[len > 0 ? len : 0] = '\0';
	file_identity_append(lines, exe);
	dl_iterate_phdr(library_add, lines);
	if (!access(LIBRARIES, F_OK)) /* not every libc has it */
		file_identity_append(lines, LIBRARIES);
}

bool file_identity_is_same(const char *lines, size_t len)
{
	_cleanup_text_ struct text then = {0}, now = {0};
	char *rest;

	text_bytes(&then, lines, len);
	if (then.err || !len)
		return false;
	rest = then.data;
	for (const char *line; (line = strsep(&rest, "\n")) && *line;) {
		for (int i = 0; line && i < NUMBERS; i++) {
			line = strchr(line, ' ');
			if (line)
				line++;
		}
		if (line)
			file_identity_append(&now, line);
	}
	return !now.err && now.len == len && !memcmp(now.data, lines, len);
}
