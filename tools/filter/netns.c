/* SPDX-License-Identifier: Apache-2.0 */
#include "filter/netns.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <linux/nsfs.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "base/diag.h"
#include "base/parse.h"
#include "base/text.h"

#define SELF  "/proc/self/ns/net"
#define NAMES "/run/netns/"

/* fd is an O_PATH descriptor. -EINVAL if it is not of a network namespace. */
static int inode_read(int fd, uint32_t *inode)
{
	char path[32];
	struct statfs fs;
	struct stat st;
	int ns, kind;

	if (fstatfs(fd, &fs) || fstat(fd, &st))
		return -errno;
	if (fs.f_type != NSFS_MAGIC)
		return -EINVAL;
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	ns = open(path, O_RDONLY | O_CLOEXEC);
	if (ns < 0)
		return -errno;
	kind = ioctl(ns, NS_GET_NSTYPE); /* Linux 4.11 */
	close(ns);
	*inode = st.st_ino;
	return kind >= 0 && kind != CLONE_NEWNET ? -EINVAL : 0;
}

int netns_filter_set(struct netns_filter *filter, const char *value, struct diag *diag)
{
	_cleanup_text_ struct text path = {0};
	uint64_t number;
	int fd, err;

	if (!*value)
		return diag_set(diag, -EINVAL, "--netns: the name is empty");
	if (!parse_number(value, strlen(value), 1, UINT32_MAX, &number)) {
		filter->inode = number;
		return 0;
	}
	filter->by_path = strchr(value, '/');
	if (!strcmp(value, "self"))
		text_str(&path, SELF);
	else
		text_printf(&path, "%s%s", filter->by_path ? "" : NAMES, value);
	if (path.err)
		return diag_errno(diag, path.err, "--netns");
	fd = open(path.data, O_PATH | O_CLOEXEC); /* which opens no device or pipe */
	err = fd < 0 ? -errno : inode_read(fd, &filter->inode);
	if (fd >= 0)
		close(fd);
	if (err == -EINVAL)
		return diag_set(diag, err, "--netns: not a network namespace: '%s'", path.data);
	if (err)
		diag_errno(diag, err, "--netns: %s", path.data);
	return err ? -EINVAL : 0;
}

void netns_filter_render(const struct netns_filter *filter, struct text *text)
{
	if (filter->inode)
		text_printf(text, "#define FILTER_NETNS(sk) (netns_of(sk) == %uU)\n",
			    filter->inode);
	else
		text_str(text, "#define FILTER_NETNS(sk) 1\n");
}
