/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Internet addresses as text, character by character what inet_ntop(3) of glibc writes, but
 * without its conversions by printf: it is called twice an event.
 *
 * Each function writes at at, which has ADDRESS_ROOM, and returns where the text ends. What follows
 * there up to ADDRESS_ROOM may be overwritten.
 */
#ifndef ADDRESS_H
#define ADDRESS_H

#include <stdint.h>

#define ADDRESS_ROOM 48

char *address_ipv4_put(char *at, const uint8_t address[4]);

/*
 * Lower case, no leading zeros; the first of the longest runs of two or more groups of zeros is
 * "::". An address that holds an IPv4 one (::ffff:a.b.c.d; also ::a.b.c.d, RFC 4291 2.5.5.1) shows
 * it with dots.
 */
char *address_ipv6_put(char *at, const uint8_t address[16]);

#endif
