/* SPDX-License-Identifier: Apache-2.0 */
#include "system/landlock.h"

#include <errno.h>
#include <stdint.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

/*
 * include/uapi/linux/landlock.h, repeated here since the installed header may be older than the
 * kernel, or missing (before Linux 5.13). The calls have the same number on each architecture.
 */
#ifndef SYS_landlock_create_ruleset
#define SYS_landlock_create_ruleset 444
#define SYS_landlock_add_rule	    445
#define SYS_landlock_restrict_self  446
#endif
#define QUERY_VERSION	  1U
#define RULE_PATH_BENEATH 1
#define RIGHT_EXECUTE	  (1ULL << 0)
#define RIGHT_WRITE_FILE  (1ULL << 1)
#define RIGHT_READ_FILE	  (1ULL << 2)
#define RIGHT_READ_DIR	  (1ULL << 3)
#define RIGHT_TRUNCATE	  (1ULL << 14)
#define RIGHT_IOCTL_DEV	  (1ULL << 15)
#define RIGHTS_OF_FILES                                                                            \
	(RIGHT_EXECUTE | RIGHT_WRITE_FILE | RIGHT_READ_FILE | RIGHT_TRUNCATE | RIGHT_IOCTL_DEV)
#define SCOPES	       3ULL /* abstract UNIX sockets, signals */
#define VERSION_SCOPED 6
#define VERSION_LAST   5 /* that brought a right for files */

/* How many rights each version of the interface knows, from bit 0 on. */
static const unsigned int rights_known[VERSION_LAST + 1] = {0, 13, 14, 15, 15, 16};

struct beneath {
	uint64_t rights;
	int32_t fd;
} __attribute__((packed));

struct ruleset {
	uint64_t fs;
	uint64_t net;
	uint64_t scoped;
};

static const uint64_t access_rights[] = {
	[LANDLOCK_READ] = RIGHT_READ_FILE | RIGHT_READ_DIR,
	[LANDLOCK_RUN] = RIGHT_READ_FILE | RIGHT_READ_DIR | RIGHT_EXECUTE,
	[LANDLOCK_ALL] = UINT64_MAX,
};

static int rule_add(int ruleset, const struct landlock_rule *rule, uint64_t handled)
{
	struct beneath beneath = {access_rights[rule->access] & handled, rule->fd};
	struct stat st;

	if (fstat(rule->fd, &st))
		return -errno;
	if (!S_ISDIR(st.st_mode)) /* the kernel refuses rights of directories on a file */
		beneath.rights &= RIGHTS_OF_FILES;
	if (syscall(SYS_landlock_add_rule, ruleset, RULE_PATH_BENEATH, &beneath, 0))
		return -errno;
	return 0;
}

int landlock_confine(const struct landlock_rule *rules, size_t count)
{
	long version = syscall(SYS_landlock_create_ruleset, NULL, 0, QUERY_VERSION);
	struct ruleset attr = {0};
	int ruleset, err = 0;

	if (version < 1)
		return 0;
	attr.fs = (1ULL << rights_known[version < VERSION_LAST ? version : VERSION_LAST]) - 1;
	if (version >= VERSION_SCOPED)
		attr.scoped = SCOPES;
	ruleset = syscall(SYS_landlock_create_ruleset, &attr,
			  version >= VERSION_SCOPED ? sizeof(attr) : sizeof(attr.fs), 0);
	if (ruleset < 0)
		return -errno;
	for (size_t i = 0; !err && i < count; i++)
		if (rules[i].fd >= 0)
			err = rule_add(ruleset, &rules[i], attr.fs);
	if (!err && syscall(SYS_landlock_restrict_self, ruleset, 0))
		err = -errno;
	close(ruleset);
	return err;
}
