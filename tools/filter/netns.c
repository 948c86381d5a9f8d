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
#include "base/list.h"
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

/* The namespace that the item names. */
static int item_find(const struct list *item, uint32_t *inode, bool *by_path, struct diag *diag)
{
	_cleanup_text_ struct text path = {0};
	bool is_path = memchr(item->at, '/', item->len);
	uint64_t number;
	int fd, err;

	if (!item->len)
		return diag_set(diag, -EINVAL, "--netns: the name is empty");
	if (*item->at == '!')
		return list_refuse(item, "--netns", "", diag);
	if (!parse_number(item->at, item->len, 1, UINT32_MAX, &number)) {
		*inode = number;
		return 0;
	}
	*by_path |= is_path;
	if (item->len == strlen("self") && !memcmp(item->at, "self", item->len)) {
		text_str(&path, SELF);
	} else {
		text_str(&path, is_path ? "" : NAMES);
		text_bytes(&path, item->at, item->len);
	}
	if (path.err)
		return diag_errno(diag, path.err, "--netns");
	fd = open(path.data, O_PATH | O_CLOEXEC); /* which opens no device or pipe */
	err = fd < 0 ? -errno : inode_read(fd, inode);
	if (fd >= 0)
		close(fd);
	if (err == -EINVAL)
		return diag_set(diag, err, "--netns: not a network namespace: '%s'", path.data);
	if (err)
		diag_errno(diag, err, "--netns: %s", path.data);
	return err ? -EINVAL : 0;
}

int netns_filter_add(struct netns_filter *filter, const char *value, struct diag *diag)
{
	struct text *text;
	struct list list;

	list_begin(&list, value);
	text = list.excluded ? &filter->excluded : &filter->chosen;
	while (list_next(&list)) {
		uint32_t inode = 0;
		int err = item_find(&list, &inode, &filter->by_path, diag);

		if (err)
			return err;
		text_printf(text, "%s(inum) == %uU", text->len ? " || " : "", inode);
	}
	return text->err ? diag_errno(diag, text->err, "--netns") : 0;
}

void netns_filter_free(struct netns_filter *filter)
{
	text_free(&filter->chosen);
	text_free(&filter->excluded);
}

void netns_filter_render(const struct netns_filter *filter, struct text *text)
{
	const struct text *chosen = &filter->chosen, *excluded = &filter->excluded;

	text_str(text, "#define FILTER_NETNS(inum) ");
	if (!chosen->len && !excluded->len)
		text_char(text, '1');
	if (chosen->len)
		text_printf(text, "(%s)", chosen->data);
	if (excluded->len)
		text_printf(text, "%s!(%s)", chosen->len ? " && " : "", excluded->data);
	text_char(text, '\n');
}
