/* SPDX-License-Identifier: Apache-2.0 */
/* An archive of headers (kheaders.tar.xz), unpacked into memory. */
#ifndef ARCHIVE_H
#define ARCHIVE_H

struct diag;

/*
 * Unpacks archive, a descriptor of a .tar.xz, into a tmpfs mounted on dir, which only this process
 * and its children see, and which ends with them. tar has the privileges and limits of
 * privileges_unpack(). name is for messages. Returns the tmpfs, or -errno with diag filled.
 */
int archive_unpack(int archive, const char *name, const char *dir, unsigned int seconds,
		   struct diag *diag);

#endif
