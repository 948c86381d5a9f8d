/* SPDX-License-Identifier: Apache-2.0 */
#include "program/object_cache.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/diag.h"
#include "base/text.h"
#include "bpf/object.h"
#include "compile/compile.h"
#include "compile/file_identity.h"
#include "compile/headers.h"
#include "compile/kernel_id.h"
#include "log/message.h"
#include "log/startup_log.h"
#include "system/privileges.h"

static int store_begin(struct store *store, const char *dir, struct steps *steps,
		       int (*open)(struct cache *, const char *, struct diag *), struct diag *diag)
{
	*store = (struct store){.cache.dir = -1, .steps = steps};
	if (!dir)
		return diag_set(diag, -ECANCELED, "cache: --no-cache does without");
	/* Whoever may run it with more rights than their own must not choose what it loads. */
	if (privileges_are_raised())
		return diag_set(diag, -ECANCELED,
				"cache: not used with raised privileges (setuid or file "
				"capabilities)");
	return open(&store->cache, dir, diag);
}

void store_open(struct store *store, const char *dir, struct steps *steps)
{
	struct diag diag;
	int err = store_begin(store, dir, steps, cache_open, &diag);

	if (err == -EPERM)
		message_print("%s", diag.what);
	else if (err && dir)
		step_done(steps, "%s", diag.what);
}

int store_look(struct store *store, const char *dir, struct steps *steps, struct diag *diag)
{
	return store_begin(store, dir, steps, cache_look, diag);
}

void store_close(struct store *store)
{
	cache_close(&store->cache);
}

static void text_key_add(struct text *key, const struct text *field)
{
	cache_key_add(key, field->data ? field->data : "", field->len);
}

/*
 * A tree is too large to look at whole: an update of its package, or a new configuration, is seen
 * in the one header that each has, a change of another one by hand is not.
 */
static void headers_origin(const struct headers *headers, struct text *lines)
{
	char path[PATH_MAX + 64];

	if (headers->kind == HEADERS_ARCHIVE)
		origin_file(lines, headers->source);
	if (headers->kind != HEADERS_TREE)
		return;
	snprintf(path, sizeof(path), "%s/include/linux/kconfig.h", headers->source);
	origin_file(lines, path);
	snprintf(path, sizeof(path), "%s/include/generated/autoconf.h", headers->build);
	origin_file(lines, path);
}

void store_key(struct text *key, const struct text *source, const struct headers *headers)
{
	_cleanup_text_ struct text kernel = {0}, compiler = {0}, tree = {0};
	char path[PATH_MAX];

	kernel_id_render(&kernel);
	compiler_path(path);
	origin_file(&compiler, path);
	headers_origin(headers, &tree);
	cache_key_add(key, VERSION, strlen(VERSION));
	text_key_add(key, &kernel);
	text_key_add(key, &compiler);
	cache_key_add(key, &headers->kind, sizeof(headers->kind));
	text_key_add(key, &tree);
	text_key_add(key, source);
	if (kernel.err || compiler.err || tree.err)
		key->err = -ENOMEM;
}

int store_get(const struct store *store, const struct text *key, struct text *object)
{
	_cleanup_text_ struct text kept = {0};
	const char *compiler;
	size_t len;

	if (store->cache.dir < 0 || cache_get(&store->cache, key, &kept))
		return -ENOENT;
	compiler = object_compiler(kept.data, kept.len, &len);
	if (!compiler || !origin_is_same(compiler, len))
		return -ENOENT;
	text_bytes(object, kept.data, kept.len);
	if (object->err)
		return -ENOENT;
	step_done(store->steps, "object from the cache: %zu bytes", kept.len);
	return 0;
}

void store_put(const struct store *store, const struct text *key, const struct text *object)
{
	int err = store->cache.dir < 0 ? 0 : cache_put(&store->cache, key, object);

	if (err)
		step_done(store->steps, "cache: the object is not kept: %s", strerror(-err));
}
