/* SPDX-License-Identifier: Apache-2.0 */
#include "system/cgroup_path.h"

#include <stdbool.h>
#include <string.h>

#define COUNT(array)	 (sizeof(array) / sizeof(*(array)))
#define SCOPE		 ".scope"
#define CONTAINER_DIGITS 64
#define CONTAINER_SHOWN	 12 /* as by docker ps and podman ps */
#define POD_HASH_LEN	 32

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

	for (size_t i = 0; i < COUNT(types); i++)
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

	if (!len || part->len > UNIT_LEN_MAX || !type_is_known(part))
		return false;
	if (strspn(part->bytes, chars) < len)
		return false;
	sign = memchr(part->bytes, '@', len);
	return !sign || (!plain && sign > part->bytes && sign + 1 < dot);
}

static bool is_id(const struct cgroup_part *part)
{
	return part->len == CONTAINER_DIGITS &&
	       strspn(part->bytes, "0123456789abcdef") == CONTAINER_DIGITS;
}

static bool suffix_drop(struct cgroup_part *part, const char *suffix)
{
	if (!part_ends(part, suffix))
		return false;
	part->len -= strlen(suffix);
	return true;
}

/*
 * Whether the component is a container's id, alone or behind the name of its runtime: in a scope
 * (docker-ID.scope), without one (crio-ID), or behind the slice too (SLICE:cri-containerd:ID, where
 * the runtime takes systemd's name for a path). The part becomes the id.
 */
static bool container_id_read(struct cgroup_part *part)
{
	static const char *const runtimes[] = {"docker",	 "cri-containerd", "crio",
					       "libpod-payload", "libpod",	   "nerdctl"};
	const char *colon = memchr(part->bytes, ':', part->len);
	bool is_scope = suffix_drop(part, SCOPE);

	if (!is_scope && is_id(part))
		return true;
	if (colon && !is_scope) {
		part->len -= colon + 1 - part->bytes;
		part->bytes = colon + 1;
	}
	for (size_t i = 0; i < COUNT(runtimes); i++) {
		struct cgroup_part id = *part;

		if (prefix_drop(&id, runtimes[i]) && prefix_drop(&id, colon ? ":" : "-") &&
		    is_id(&id)) {
			*part = id;
			return true;
		}
	}
	return false;
}

/* Letters that need no escape in any format. */
static bool name_is_plain(const char *name, size_t len)
{
	static const char chars[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
				    "0123456789-_.";

	return len && strspn(name, chars) >= len;
}

static int hex_digit(char digit)
{
	if (digit >= '0' && digit <= '9')
		return digit - '0';
	return digit >= 'a' && digit <= 'f' ? digit - 'a' + 10 : -1;
}

/* Undoes systemd-escape(1): \xHH is a byte. */
static void machine_unescape(struct cgroup_names *names, const struct cgroup_part *part)
{
	size_t len = 0;

	for (size_t i = 0; i < part->len; i++) {
		const char *at = part->bytes + i;

		if (len == sizeof(names->machine))
			return;
		names->machine[len++] = *at;
		if (part->len - i < 4 || at[0] != '\\' || at[1] != 'x' || hex_digit(at[2]) < 0 ||
		    hex_digit(at[3]) < 0)
			continue;
		names->machine[len - 1] = hex_digit(at[2]) << 4 | hex_digit(at[3]);
		i += 3;
	}
	if (name_is_plain(names->machine, len))
		names->container = (struct cgroup_part){names->machine, len};
}

/*
 * Containers that have a name: of LXC and Incus (lxc.payload.NAME, formerly lxc/NAME), and of
 * systemd-nspawn (systemd-nspawn@NAME.service/payload, machine-NAME.scope/payload). What is beside
 * the payload belongs to the host.
 */
static void machine_read(struct cgroup_names *names, struct cgroup_part part, const char *at)
{
	struct cgroup_part next = component_next(&at);
	bool has_payload =
		next.len == strlen("payload") && !memcmp(next.bytes, "payload", next.len);

	if (prefix_drop(&part, "lxc.payload."))
		machine_unescape(names, &part);
	else if (part.len == strlen("lxc") && part.bytes - names->path.bytes <= 1 &&
		 prefix_drop(&part, "lxc"))
		machine_unescape(names, &next);
	else if (has_payload && prefix_drop(&part, "systemd-nspawn@") &&
		 suffix_drop(&part, ".service"))
		machine_unescape(names, &part);
	else if (has_payload && prefix_drop(&part, "machine-") && suffix_drop(&part, SCOPE))
		machine_unescape(names, &part);
}

/*
 * The UID of a pod of Kubernetes: podUID, or ...-podUID.slice, in which systemd's driver writes _
 * for -. That of a static pod is a hash without these.
 */
static void pod_read(struct cgroup_names *names, struct cgroup_part part)
{
	static const char form[] = "xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx";
	const char *colon = memchr(part.bytes, ':', part.len), *pod;
	size_t len;

	if (colon)
		part.len = colon - part.bytes;
	suffix_drop(&part, ".slice");
	pod = memmem(part.bytes, part.len, "pod", 3);
	while (pod && pod > part.bytes && pod[-1] != '-') /* kubepods */
		pod = memmem(pod + 1, part.bytes + part.len - pod - 1, "pod", 3);
	if (!pod)
		return;
	pod += strlen("pod");
	len = part.bytes + part.len - pod;
	if (len != POD_UID_LEN && len != POD_HASH_LEN)
		return;
	for (size_t i = 0; i < len; i++) {
		bool is_dash = len == POD_UID_LEN && form[i] == '-';

		if (is_dash ? pod[i] != '-' && pod[i] != '_' : hex_digit(pod[i]) < 0)
			return;
		names->pod_uid[i] = is_dash ? '-' : pod[i];
	}
	names->pod = (struct cgroup_part){names->pod_uid, len};
}

static void unit_shorten(struct cgroup_names *names)
{
	struct cgroup_part unit = names->unit;
	size_t digits = 0, cut = 0, end;

	names->unit_short = unit;
	for (size_t i = 0; i < unit.len && !cut; i++) {
		digits = hex_digit(unit.bytes[i]) < 0 ? 0 : digits + 1;
		if (digits == CONTAINER_DIGITS)
			cut = i + 1 - CONTAINER_DIGITS + CONTAINER_SHOWN;
	}
	if (!cut)
		return;
	end = cut - CONTAINER_SHOWN + CONTAINER_DIGITS;
	memcpy(names->glob, unit.bytes, cut);
	names->glob[cut++] = '*';
	memcpy(names->glob + cut, unit.bytes + end, unit.len - end);
	names->unit_short = (struct cgroup_part){names->glob, cut + unit.len - end};
}

void cgroup_names_read(struct cgroup_names *names, const char *path)
{
	const char *at = path;
	struct cgroup_part part;
	bool slice, kubernetes = false;

	*names = (struct cgroup_names){0};
	if (!path)
		return;
	names->path = (struct cgroup_part){path, strlen(path)};
	do {
		part = component_next(&at);
		prefix_drop(&part, "_");
		slice = part_ends(&part, ".slice");
	} while (slice && unit_is_valid(&part, true));
	if (!slice && unit_is_valid(&part, false))
		names->unit = part;
	unit_shorten(names);
	for (at = path; *at && !names->container.len;) {
		struct cgroup_part id = part = component_next(&at);

		kubernetes |= prefix_drop(&id, "kubepods");
		id = part;
		if (kubernetes && !names->pod.len)
			pod_read(names, part);
		if (container_id_read(&id))
			names->container = (struct cgroup_part){id.bytes, CONTAINER_SHOWN};
		else
			machine_read(names, part, at);
	}
}
