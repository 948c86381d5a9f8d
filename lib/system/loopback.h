/* SPDX-License-Identifier: Apache-2.0 */
/* A test connection over loopback. */
#ifndef LOOPBACK_H
#define LOOPBACK_H

#include <stdint.h>

struct diag;

/* A random address of 127.0.0.0/8, in network order. -errno. */
int loopback_address(uint32_t *address);

/*
 * Makes one connection, whose three sockets are bound to the address, and resets it, in a network
 * namespace of a child process that ends with it. When this returns 0, all state changes of the
 * sockets have been made. -errno with diag filled: it could not be made, at least not within 5 s.
 */
int loopback_connect(uint32_t address, struct diag *diag);

#endif
