/* SPDX-License-Identifier: Apache-2.0 */
/* Each address is compared with what inet_ntop(3) makes of it. */
#include "unit.h"

#include <arpa/inet.h>
#include <string.h>

#include "base/address.h"
#include "random.h"

#define ADDRESSES 1000000
#define GROUPS	  8

static void address_check(int family, const uint8_t address[16])
{
	char buf[1 + ADDRESS_ROOM + 8], expected[INET6_ADDRSTRLEN];
	size_t len;

	memset(buf, '#', sizeof(buf));
	len = (family == AF_INET ? address_ipv4_put : address_ipv6_put)(buf + 1, address) -
	      (buf + 1);
	assert_non_null(inet_ntop(family, address, expected, sizeof(expected)));
	if (len != strlen(expected) || memcmp(buf + 1, expected, len)) {
		print_error("'%.*s' instead of '%s'\n", (int)len, buf + 1, expected);
		fail();
	}
	if (buf[0] != '#' || memcmp(buf + 1 + ADDRESS_ROOM, "########", 8))
		fail_msg("more room is used for '%s'", expected);
}

static void groups_check(const uint16_t groups[GROUPS])
{
	uint8_t address[16];

	for (int i = 0; i < GROUPS; i++) {
		address[2 * i] = groups[i] >> 8;
		address[2 * i + 1] = groups[i] & 0xff;
	}
	address_check(AF_INET6, address);
}

static void known_addresses(void **state)
{
	static const char *const shown[] = {
		"::",
		"::1",
		"1::",
		"::1:0",
		"0:1::",
		"1:0:1::",
		"2001:db8::1",
		"2001:db8::1:0:0:1",
		"2001:db8:0:1:1:1:1:1",
		"1:0:0:2::3",
		"1::2:0:0:3:4",
		"::ffff:1.2.3.4",
		"::ffff:0:1.2.3.4",
		"::1.2.3.4",
		"::ffff",
		"::1:2",
		"64:ff9b::102:304",
		"::fffe:102:304",
		"ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff",
		"::ffff:255.255.255.255",
		"::ffff:0.0.0.0",
	};

	for (size_t i = 0; i < COUNT(shown); i++) {
		uint8_t address[16];

		assert_int_equal(inet_pton(AF_INET6, shown[i], address), 1);
		address_check(AF_INET6, address);
	}
}

static void every_octet_of_ipv4(void **state)
{
	for (int place = 0; place < 4; place++) {
		for (int octet = 0; octet < 256; octet++) {
			uint8_t address[16] = {7, 77, 177, 0};

			address[place] = octet;
			address_check(AF_INET, address);
		}
	}
}

static void random_ipv4(void **state)
{
	for (int i = 0; i < ADDRESSES; i++) {
		uint64_t low = random_next();
		uint8_t address[16];

		memcpy(address, &low, 4);
		address_check(AF_INET, address);
	}
}

static void random_ipv6(void **state)
{
	for (int i = 0; i < ADDRESSES; i++) {
		uint64_t both[2] = {random_next(), random_next()};
		uint8_t address[16];

		memcpy(address, both, sizeof(address));
		address_check(AF_INET6, address);
	}
}

/* Every group's every value. */
static void every_group_of_ipv6(void **state)
{
	for (int value = 0; value <= UINT16_MAX; value++) {
		uint16_t groups[GROUPS] = {0x2001, 0xdb8, 0x30, 4, 0x500, 0x6000, 7, 0xffff};

		groups[value % GROUPS] = value;
		groups_check(groups);
	}
}

/* Every choice of groups that are 0, the others of any length, and what looks like IPv4. */
static void every_pattern_of_zeros(void **state)
{
	static const uint16_t values[] = {1, 0xf, 0x10, 0xff, 0x100, 0xfff, 0x1000, 0xffff, 0xfffe};

	for (int round = 0; round < ADDRESSES / 256; round++) {
		for (int zeros = 0; zeros < 256; zeros++) {
			uint16_t groups[GROUPS];

			for (int i = 0; i < GROUPS; i++) {
				groups[i] = random_next() % 2
						    ? values[random_next() % COUNT(values)]
						    : random_next();
				if (zeros & 1 << i)
					groups[i] = 0;
			}
			groups_check(groups);
			groups[5] = round % 2 ? 0xffff : 0;
			groups_check(groups);
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(known_addresses),     cmocka_unit_test(every_octet_of_ipv4),
		cmocka_unit_test(random_ipv4),	       cmocka_unit_test(random_ipv6),
		cmocka_unit_test(every_group_of_ipv6), cmocka_unit_test(every_pattern_of_zeros),
	};

	return cmocka_run_group_tests_name("address", tests, NULL, NULL);
}
