/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The cache of compiled objects (lib/compile/cache.h). The key is everything that shapes an object.
 * The object names the files that compiled it, which are compared before it is used. An error only
 * means that the compiler runs: -v reports it, nothing fails.
 */
#ifndef OBJECT_CACHE_H
#define OBJECT_CACHE_H

#include "compile/cache.h"

struct diag;
struct headers;
struct startup_log;
struct text;

struct object_cache {
	struct cache cache;
	struct startup_log *log;
};

#define OBJECT_CACHE_NONE ((struct object_cache){.cache.dir = -1})

/*
 * dir is the cache's directory, or NULL: no cache. A directory that other users can write to is
 * reported on stderr. object_cache_close() in any case.
 */
void object_cache_open(struct object_cache *objects, const char *dir, struct startup_log *log);

/*
 * For --check: creates, changes and reports nothing. -errno with diag filled. object_cache_close()
 * in any case.
 */
int object_cache_peek(struct object_cache *objects, const char *dir, struct startup_log *log,
		      struct diag *diag);
void object_cache_close(struct object_cache *objects);

/* Appends the key of source with these headers. */
void object_cache_key(struct text *key, const struct text *source, const struct headers *headers);

/* Appends the object of that key. -ENOENT: it must be compiled. */
int object_cache_get(const struct object_cache *objects, const struct text *key,
		     struct text *object);
void object_cache_put(const struct object_cache *objects, const struct text *key,
		      const struct text *object);

#endif
