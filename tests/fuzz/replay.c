/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The main() of a target without libFuzzer: gives it each file of the folders that are named, in a
 * heap block of the file's size, so that a sanitizer or valgrind sees what is read beyond it.
 *
 *	fuzz_NAME FOLDER...
 */
#include <dirent.h>
#include <err.h>
#include <sys/stat.h>

#include "fuzz.h"

static void file_replay(const char *path)
{
	FILE *file = fopen(path, "re");
	struct stat st;
	uint8_t *data;
	size_t size;

	if (!file || fstat(fileno(file), &st))
		err(1, "%s", path);
	size = st.st_size;
	data = malloc(size ? size : 1);
	if (!data || fread(data, 1, size, file) != size)
		err(1, "%s", path);
	fclose(file);
	LLVMFuzzerTestOneInput(data, size);
	free(data);
}

static size_t folder_replay(const char *folder)
{
	struct dirent **entries;
	int count = scandir(folder, &entries, NULL, alphasort);
	size_t replayed = 0;
	char *path;

	if (count < 0)
		err(1, "%s", folder);
	for (int i = 0; i < count; i++) {
		if (entries[i]->d_name[0] != '.') {
			if (asprintf(&path, "%s/%s", folder, entries[i]->d_name) < 0)
				err(1, "asprintf");
			file_replay(path);
			free(path);
			replayed++;
		}
		free(entries[i]);
	}
	free(entries);
	return replayed;
}

int main(int argc, char **argv)
{
	size_t replayed = 0;

	for (int i = 1; i < argc; i++)
		replayed += folder_replay(argv[i]);
	printf("%zu inputs\n", replayed);
	return replayed ? 0 : 1;
}
