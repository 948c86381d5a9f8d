/* SPDX-License-Identifier: Apache-2.0 */
#include "unit.h"

#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>

#include "compile/kernel_id.h"

/* 32 bits, as this processor has them; byte is the lowest one. */
#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
#define NUMBER(byte)   byte "\0\0\0"
#define NEGATIVE(byte) byte "\377\377\377"
#else
#define NUMBER(byte)   "\0\0\0" byte
#define NEGATIVE(byte) "\377\377\377" byte
#endif

/* A note: lengths of name and contents, type, then both, padded to 4 bytes. */
#define XEN   NUMBER("\4") NUMBER("\10") NUMBER("\6") "Xen\0address8"
#define OTHER NUMBER("\4") NUMBER("\5") NUMBER("\1") "GNU\0other\0\0\0"
#define BUILD NUMBER("\4") NUMBER("\6") NUMBER("\3") "GNU\0buildX\0\0"

static void assert_id(const char *notes, size_t len, const char *wanted)
{
	char *exact = malloc(len); /* so that a tool sees a read past the end */
	const char *id = NULL;
	size_t size;

	memcpy(exact, notes, len);
	size = kernel_build_id(exact, len, &id);
	assert_int_equal(size, strlen(wanted));
	if (size)
		assert_memory_equal(id, wanted, size);
	free(exact);
}

static void build_id_is_found(void **state)
{
	assert_id(BYTES(BUILD), "buildX");
	assert_id(BYTES(XEN OTHER BUILD), "buildX");
	assert_id(BYTES(BUILD OTHER), "buildX");
	assert_id(BYTES(XEN OTHER), "");
	/* another's type 3 */
	assert_id(BYTES(NUMBER("\4") NUMBER("\4") NUMBER("\3") "Xen\0none"), "");
}

static void torn_notes_have_none(void **state)
{
	for (size_t len = 0; len < sizeof(XEN BUILD) - 1; len++)
		assert_id(XEN BUILD, len, "");
	assert_id(BYTES(NEGATIVE("\377") NEGATIVE("\377") NUMBER("\3") "GNU\0"), "");
	assert_id(BYTES(NUMBER("\4") NEGATIVE("\376") NUMBER("\3") "GNU\0"), "");
}

static void this_kernel_is_told(void **state)
{
	_cleanup_text_ struct text first = {0}, second = {0};
	struct utsname name;

	uname(&name);
	kernel_id_render(&first);
	kernel_id_render(&second);
	assert_non_null(strstr(first.data, name.release));
	assert_non_null(strstr(first.data, name.version));
	assert_non_null(strstr(first.data, name.machine));
	assert_string_equal(first.data, second.data);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(build_id_is_found),
		cmocka_unit_test(torn_notes_have_none),
		cmocka_unit_test(this_kernel_is_told),
	};

	return cmocka_run_group_tests_name("kernel_id", tests, NULL, NULL);
}
