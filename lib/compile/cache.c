/* SPDX-License-Identifier: Apache-2.0 */
/* A file: the value, the key, the trailer. Its name is the key's hash; the whole key decides. */
#include "compile/cache.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <libgen.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/diag.h"
#include "base/text.h"

#define MAGIC	    "\211cached\n"
#define FORMAT	    2 /* 1: of a compiler that read headers from its caller's directory */
#define HASH_DIGITS 16
#define SUFFIX	    ".o"
#define NAME_SIZE   (HASH_DIGITS + sizeof(SUFFIX))
#define STALE_S	    60 /* a file is being written for a moment only */
#define REMOVALS    16 /* at most, since each reads the whole folder */

struct trailer {
	char magic[8];
	uint32_t version;
	uint32_t value_size;
	uint32_t key_size;
	uint32_t zero;
	uint64_t checksum; /* of all that comes before it */
};

/*
 * FNV-1a by 64-bit words: by bytes it was 2 % of a cached start. A multiplication carries only
 * upwards, so the upper half is folded down. Each step is invertible, so that a single changed byte
 * always changes the result.
 */
static uint64_t hash(const char *bytes, size_t len)
{
	uint64_t value = 0xcbf29ce484222325 ^ len, word;

	for (size_t i = 0; i < len; i += sizeof(word)) {
		word = 0;
		memcpy(&word, bytes + i, len - i < sizeof(word) ? len - i : sizeof(word));
		value = (value ^ word) * 0x100000001b3;
		value ^= value >> 32;
	}
	return value;
}

/* Nobody but this user may write to it. */
static bool is_ours_alone(const struct stat *st)
{
	return st->st_uid == geteuid() && !(st->st_mode & (S_IWGRP | S_IWOTH));
}

static int folder_open(struct cache *cache, const char *path, struct diag *diag)
{
	struct stat st;

	cache->dir = open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (cache->dir < 0 && (errno == ENOTDIR || errno == ELOOP))
		return diag_set(diag, -EPERM, "cache: %s: not a directory, not used", path);
	if (cache->dir < 0 || fstat(cache->dir, &st))
		return diag_errno(diag, errno == EPERM ? -EACCES : -errno, "cache: %s", path);
	if (is_ours_alone(&st))
		return 0;
	cache_close(cache);
	/* Root's own folder is as it should be, only not for this user. */
	return diag_set(diag, !st.st_uid && !(st.st_mode & (S_IWGRP | S_IWOTH)) ? -EACCES : -EPERM,
			"cache: %s: writable by other users, not used", path);
}

int cache_open(struct cache *cache, const char *path, struct diag *diag)
{
	*cache = (struct cache){.dir = -1};
	if (mkdir(path, 0700) && errno != EEXIST)
		return diag_errno(diag, errno == EPERM ? -EACCES : -errno, "cache: %s", path);
	return folder_open(cache, path, diag);
}

int cache_peek(struct cache *cache, const char *path, struct diag *diag)
{
	char above[PATH_MAX], *folder;

	*cache = (struct cache){.dir = -1, .read_only = true};
	if (!access(path, F_OK) || errno != ENOENT)
		return folder_open(cache, path, diag);
	snprintf(above, sizeof(above), "%s", path);
	folder = dirname(above);
	if (faccessat(AT_FDCWD, folder, W_OK | X_OK, AT_EACCESS)) {
		int err = -errno;

		diag_errno(diag, err, "cache: %s", folder);
		return err == -ENOENT ? -ENOTDIR : err; /* no folder to make it in */
	}
	return diag_set(diag, -ENOENT, "cache: %s: does not exist yet", path);
}

int cache_may_put(const struct cache *cache)
{
	return faccessat(cache->dir, ".", W_OK | X_OK, AT_EACCESS) ? -errno : 0;
}

void cache_close(struct cache *cache)
{
	if (cache->dir >= 0)
		close(cache->dir);
	cache->dir = -1;
}

void cache_key_add(struct text *key, const void *bytes, size_t len)
{
	uint64_t size = len;

	text_bytes(key, (const char *)&size, sizeof(size));
	text_bytes(key, bytes, len);
}

static void entry_name(const struct text *key, char name[NAME_SIZE])
{
	snprintf(name, NAME_SIZE, "%016" PRIx64 SUFFIX, hash(key->data, key->len));
}

/* Reads the whole file if it is one that we wrote. */
static int entry_read(int fd, struct text *file)
{
	struct stat st;
	char *at;

	if (fstat(fd, &st) || !S_ISREG(st.st_mode) || !is_ours_alone(&st) || st.st_nlink != 1 ||
	    st.st_size < (off_t)sizeof(struct trailer) || st.st_size > CACHE_FILE_MAX)
		return -ENOENT;
	at = text_reserve(file, st.st_size);
	if (!at || read(fd, at, st.st_size) != st.st_size)
		return -ENOENT;
	file->len = st.st_size;
	return 0;
}

/* Whether the file is whole and of this key; its value is its first *value_size bytes. */
static int entry_check(const struct text *file, const struct text *key, size_t *value_size)
{
	size_t rest = file->len - sizeof(struct trailer);
	struct trailer trailer;

	memcpy(&trailer, file->data + rest, sizeof(trailer));
	if (memcmp(trailer.magic, MAGIC, sizeof(trailer.magic)) || trailer.version != FORMAT ||
	    trailer.checksum != hash(file->data, file->len - sizeof(trailer.checksum)) ||
	    trailer.key_size != key->len || (uint64_t)trailer.value_size + key->len != rest ||
	    memcmp(file->data + trailer.value_size, key->data, key->len))
		return -ENOENT;
	*value_size = trailer.value_size;
	return 0;
}

int cache_get(const struct cache *cache, const struct text *key, struct text *value)
{
	_cleanup_text_ struct text file = {0};
	char name[NAME_SIZE];
	size_t size;
	int err = -ENOENT, fd;

	if (key->err)
		return key->err;
	entry_name(key, name);
	fd = openat(cache->dir, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	if (fd < 0)
		return -ENOENT;
	if (!entry_read(fd, &file) && !entry_check(&file, key, &size)) {
		text_bytes(value, file.data, size);
		if (!cache->read_only)
			futimens(fd, NULL); /* used now; on a read-only disk none is ever removed */
		err = value->err;
	}
	close(fd);
	return err;
}

static void entry_render(const struct text *key, const struct text *value, struct text *file)
{
	struct trailer trailer = {
		.version = FORMAT,
		.value_size = value->len,
		.key_size = key->len,
	};

	memcpy(trailer.magic, MAGIC, sizeof(trailer.magic)); /* which has no NUL */
	text_bytes(file, value->data, value->len);
	text_bytes(file, key->data, key->len);
	text_bytes(file, (const char *)&trailer, offsetof(struct trailer, checksum));
	if (file->err)
		return;
	trailer.checksum = hash(file->data, file->len);
	text_bytes(file, (const char *)&trailer.checksum, sizeof(trailer.checksum));
}

/* Not flushed to the disk: what a crash leaves is a miss. */
static int file_write(int dir, const char *name, const struct text *file)
{
	char temporary[2 * NAME_SIZE];
	ssize_t put;
	int err, fd;

	snprintf(temporary, sizeof(temporary), "%s.%d", name, getpid());
	fd = openat(dir, temporary, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
	if (fd < 0)
		return -errno;
	put = write(fd, file->data, file->len);
	err = put < 0 ? -errno : 0;
	if (!err && (size_t)put < file->len)
		err = -ENOSPC;
	if (close(fd) && !err)
		err = -errno;
	if (!err && renameat(dir, temporary, dir, name))
		err = -errno;
	if (err)
		unlinkat(dir, temporary, 0);
	return err;
}

/* What follows the hash in the name of a cached object; NULL: another file. */
static const char *name_rest(const char *name)
{
	const char *rest = name + HASH_DIGITS;

	return strspn(name, "0123456789abcdef") == HASH_DIGITS &&
			       !strncmp(rest, SUFFIX, strlen(SUFFIX))
		       ? rest + strlen(SUFFIX)
		       : NULL;
}

/*
 * Finds the oldest entry but the one called keep, and returns the number of all. Removes the files
 * of processes that died while writing.
 */
static size_t oldest_find(DIR *folder, const char *keep, char oldest[NAME_SIZE])
{
	struct timespec oldest_time = {0};
	struct dirent *entry;
	size_t count = 0;
	struct stat st;

	oldest[0] = '\0';
	rewinddir(folder);
	while ((entry = readdir(folder))) {
		const char *rest = name_rest(entry->d_name);

		if (!rest || fstatat(dirfd(folder), entry->d_name, &st, AT_SYMLINK_NOFOLLOW))
			continue;
		if (*rest) {
			if (*rest == '.' && st.st_mtim.tv_sec + STALE_S < time(NULL))
				unlinkat(dirfd(folder), entry->d_name, 0);
			continue;
		}
		count++;
		if (!strcmp(entry->d_name, keep) ||
		    (oldest[0] && (st.st_mtim.tv_sec > oldest_time.tv_sec ||
				   (st.st_mtim.tv_sec == oldest_time.tv_sec &&
				    st.st_mtim.tv_nsec >= oldest_time.tv_nsec))))
			continue;
		memcpy(oldest, entry->d_name, NAME_SIZE);
		oldest_time = st.st_mtim;
	}
	return count;
}

int cache_put(const struct cache *cache, const struct text *key, const struct text *value)
{
	_cleanup_text_ struct text file = {0};
	char name[NAME_SIZE], oldest[NAME_SIZE];
	int err, fd;
	DIR *folder;

	if (key->err || value->err)
		return key->err ? key->err : value->err;
	if (value->len + key->len + sizeof(struct trailer) > CACHE_FILE_MAX)
		return -EFBIG;
	entry_render(key, value, &file);
	if (file.err)
		return file.err;
	entry_name(key, name);
	err = file_write(cache->dir, name, &file);
	fd = openat(cache->dir, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	folder = fd < 0 ? NULL : fdopendir(fd);
	for (int i = 0; folder && i < REMOVALS; i++)
		if (oldest_find(folder, name, oldest) <= CACHE_ENTRIES_MAX ||
		    unlinkat(cache->dir, oldest, 0))
			break;
	if (folder)
		closedir(folder);
	else if (fd >= 0)
		close(fd);
	return err;
}
