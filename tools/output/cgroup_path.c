/* SPDX-License-Identifier: Apache-2.0 */
#include "output/cgroup_path.h"

#include <stdbool.h>
#include <string.h>

#define UNIT_NAME_LEN	 255
#define SCOPE		 ".scope"
#define CONTAINER_DIGITS 64
#define CONTAINER_SHOWN	 12 /* as by docker ps and podman ps */

static bool part_ends(const struct cgroup_part *part, const char *end)
{
	size_t len = strlen(end);

	return part->len >= len && !memcmp(part->bytes + part->len - len, end, len);
}

/* The component at at, without slashes before it; at moves behind it. */
static struct cgroup_part component_next(const char **at)
{
	struct cgroup_part part;

	*at += strspn(*at, "/");
	part = (struct cgroup_part){*at, strcspn(*at, "/")};
	*at += part.len;
	return part;
}

static bool prefix_drop(struct cgroup_part *part, const char *prefix)
{
	size_t len = strlen(prefix);

	if (part->len < len || memcmp(part->bytes, prefix, len))
		return false;
	part->bytes += len;
	part->len -= len;
	return true;
}

static bool type_is_known(const struct cgroup_part *part)
{
	static const char *const types[] = {".service", SCOPE,	 ".slice",  ".socket",
					    ".mount",	".swap", ".target", ".automount",
					    ".timer",	".path", ".device"};

	for (size_t i = 0; i < sizeof(types) / sizeof(*types); i++)
		if (part_ends(part, types[i]))
			return true;
	return false;
}

/* systemd.unit(5): a name, or a template's with an instance; or none of these, where plain. */
static bool unit_is_valid(const struct cgroup_part *part, bool plain)
{
	static const char chars[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
				    "0123456789:-_.\\@";
	const char *dot = memrchr(part->bytes, '.', part->len), *sign;
	size_t len = dot ? dot - part->bytes : 0;

	if (!len || part->len > UNIT_NAME_LEN || !type_is_known(part))
		return false;
	for (size_t i = 0; i < len; i++)
		if (!memchr(chars, part->bytes[i], sizeof(chars) - 1))
			return false;
	sign = memchr(part->bytes, '@', len);
	return !sign || (!plain && sign > part->bytes && sign + 1 < dot);
}

static struct cgroup_part unit_find(const char *path)
{
	struct cgroup_part part;
	bool slice;

	do {
		part = component_next(&path);
		prefix_drop(&part, "_");
		slice = part_ends(&part, ".slice");
	} while (slice && unit_is_valid(&part, true));
	return !slice && unit_is_valid(&part, false) ? part : (struct cgroup_part){0};
}

static bool is_id(const struct cgroup_part *part)
{
	for (size_t i = 0; i < part->len; i++)
		if (!memchr("0123456789abcdef", part->bytes[i], 16))
			return false;
	return part->len == CONTAINER_DIGITS;
}

/* What is around the id in the name of a container's scope. */
static bool scope_drop(struct cgroup_part *part)
{
	static const char *const runtimes[] = {"docker-", "cri-containerd-", "crio-", "libpod-"};

	for (size_t i = 0; i < sizeof(runtimes) / sizeof(*runtimes); i++)
		if (prefix_drop(part, runtimes[i])) {
			part->len -= strlen(SCOPE);
			return true;
		}
	return false;
}

static bool is_container(struct cgroup_part *part)
{
	return (!part_ends(part, SCOPE) || scope_drop(part)) && is_id(part);
}

void cgroup_names_read(struct cgroup_names *names, const char *path)
{
	*names = (struct cgroup_names){0};
	if (!path)
		return;
	names->path = (struct cgroup_part){path, strlen(path)};
	names->unit = unit_find(path);
	while (*path && !names->container.len) {
		struct cgroup_part part = component_next(&path);

		if (is_container(&part))
			names->container = (struct cgroup_part){part.bytes, CONTAINER_SHOWN};
	}
}
