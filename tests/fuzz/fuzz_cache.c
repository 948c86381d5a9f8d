/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A file of the cache's folder, and its name. A checksum would keep all but luck out, so half of
 * the inputs get the right one.
 *
 * Input: whether to mend it (a byte), the length of the key and of the value (2 bytes each), the
 * key, the file.
 */
#include "compile/cache.c"

#include "fuzz.h"

/* What was put comes back. */
static void entry_keep(const struct text *key, const struct text *value)
{
	_cleanup_text_ struct text file = {0};
	size_t size = 0;

	entry_render(key, value, &file);
	PROMISE(!file.err && !entry_check(&file, key, &size) && size == value->len);
	PROMISE(!size || !memcmp(file.data, value->data, size));
}

static void file_judge(struct text *file, const struct text *key, unsigned int mend, size_t value)
{
	struct trailer trailer = {.version = FORMAT, .value_size = value, .key_size = key->len};
	char *end = file->data + file->len - sizeof(trailer);
	size_t size = 0;

	memcpy(trailer.magic, MAGIC, sizeof(trailer.magic));
	if (mend & 1)
		memcpy(end, &trailer, offsetof(struct trailer, checksum));
	memcpy(&trailer, end, sizeof(trailer));
	trailer.checksum = hash(file->data, file->len - sizeof(trailer.checksum));
	if (mend & 2)
		memcpy(end, &trailer, sizeof(trailer));
	if (!entry_check(file, key, &size))
		PROMISE(size + key->len + sizeof(trailer) == file->len &&
			!memcmp(file->data + size, key->data, key->len));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct input input = {data, size};
	unsigned int mend = input_number(&input, 1);
	size_t key_len = input_number(&input, 2), value_len = input_number(&input, 2), got;
	_cleanup_text_ struct text key = {0}, file = {0};
	void *bytes = input_copy(&input, key_len, &got);
	char *name = input_string(&input);

	cache_key_add(&key, bytes, got);
	free(bytes);
	text_bytes(&file, input.at, input.left);
	entry_keep(&key, &file);
	if (file.len >= sizeof(struct trailer)) /* as entry_read() wants it */
		file_judge(&file, &key, mend, value_len);
	PROMISE(!name_rest(name) || strlen(name) >= NAME_SIZE - 1);
	free(name);
	return 0;
}
