/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Compiled objects, kept from one start to the next (lib/compile/cache.h). What shaped an object is
 * its key; what compiled it is written in it, and is looked at again before it is used. Whatever
 * goes wrong here only means that the compiler has to run: -v reports it, but nothing fails.
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

/* dir is the cache's folder, or NULL: there is none. Both: object_cache_close() in any case. A
 * folder that others can write to is reported on stderr. */
void object_cache_open(struct object_cache *objects, const char *dir, struct startup_log *log);

/* Only to look what is there: nothing is made, changed or told. -errno with diag saying why not. */
int object_cache_peek(struct object_cache *objects, const char *dir, struct startup_log *log,
		      struct diag *diag);
void object_cache_close(struct object_cache *objects);

/* Appends all that shapes what source becomes here with these headers. */
void object_cache_key(struct text *key, const struct text *source, const struct headers *headers);

/* Appends the object of that key. -ENOENT: it must be compiled. */
int object_cache_get(const struct object_cache *objects, const struct text *key,
		     struct text *object);
void object_cache_put(const struct object_cache *objects, const struct text *key,
		      const struct text *object);

#endif
