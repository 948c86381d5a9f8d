/* SPDX-License-Identifier: Apache-2.0 */
#include "unit.h"

#include <string.h>

#include "output/cgroup_path.h"

#define ID    "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
#define OTHER "fedcba98765432100123456789abcdef0123456789abcdef0123456789abcdef"
#define SHOWN "0123456789ab"

struct path_case {
	const char *path;
	const char *unit; /* "": none */
	const char *container;
};

static void part_assert(const struct path_case *want, const struct cgroup_part *part,
			const char *text)
{
	const char *bytes = part->len ? part->bytes : "";

	if (part->len != strlen(text) || memcmp(bytes, text, part->len))
		print_error("%s: %.*s\n", want->path, (int)part->len, bytes);
	assert_int_equal(part->len, strlen(text));
	assert_memory_equal(bytes, text, part->len);
}

static void paths_check(const struct path_case *cases, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		struct cgroup_names names;

		memset(&names, 'x', sizeof(names));
		cgroup_names_read(&names, cases[i].path);
		part_assert(&cases[i], &names.path, cases[i].path);
		part_assert(&cases[i], &names.unit, cases[i].unit);
		part_assert(&cases[i], &names.container, cases[i].container);
	}
}

static void no_path_has_no_names(void **state)
{
	struct cgroup_names names;

	memset(&names, 'x', sizeof(names));
	cgroup_names_read(&names, NULL);
	assert_int_equal(names.path.len, 0);
	assert_int_equal(names.unit.len, 0);
	assert_int_equal(names.container.len, 0);
}

static void unit_follows_the_slices(void **state)
{
	static const struct path_case cases[] = {
		{"/", "", ""},
		{"", "", ""},
		{"/init.scope", "init.scope", ""},
		{"/nginx.service", "nginx.service", ""},
		{"/system.slice", "", ""},
		{"/system.slice/", "", ""},
		{"/system.slice/nginx.service", "nginx.service", ""},
		{"/system.slice/nginx.service/worker", "nginx.service", ""},
		{"//system.slice//nginx.service", "nginx.service", ""},
		{"/system.slice/system-getty.slice/getty@tty1.service", "getty@tty1.service", ""},
		{"/system.slice/ssh.socket", "ssh.socket", ""},
		{"/system.slice/home-me.mount", "home-me.mount", ""},
		{"/user.slice/user-1000.slice/session-3.scope", "session-3.scope", ""},
		/* A user's manager has units of its own: this is systemd's. */
		{"/user.slice/user-1000.slice/user@1000.service/app.slice/app.service",
		 "user@1000.service", ""},
		/* Only what follows at once. */
		{"/system.slice/plain/nginx.service", "", ""},
		{"/plain/system.slice/nginx.service", "", ""},
		{"/user", "", ""},
	};

	paths_check(cases, COUNT(cases));
}

#define A50  "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
#define A247 A50 A50 A50 A50 "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"

static void unit_has_a_valid_name(void **state)
{
	static const struct path_case cases[] = {
		{"/a.slice/a-b:c_d\\x2d.1.service", "a-b:c_d\\x2d.1.service", ""},
		{"/a.slice/" A247 ".service", A247 ".service", ""},
		{"/a.slice/a" A247 ".service", "", ""},
		{"/a.slice/.service", "", ""},
		{"/a.slice/service", "", ""},
		{"/a.slice/a.Service", "", ""},
		{"/a.slice/a.services", "", ""},
		{"/a.slice/a.txt", "", ""},
		{"/a.slice/a b.service", "", ""},
		{"/a.slice/a\n.service", "", ""},
		{"/a.slice/\xc3\xa9.service", "", ""},
		{"/a.slice/@.service", "", ""},
		{"/a.slice/@b.service", "", ""},
		{"/a.slice/a@.service", "", ""},
		{"/a.slice/a@b@c.service", "a@b@c.service", ""},
		/* A slice is not passed over unless its name is one. */
		{"/.slice/a.service", "", ""},
		{"/a b.slice/a.service", "", ""},
		{"/a@b.slice/a.service", "", ""},
		/* What systemd has put there, it takes away. */
		{"/a.slice/_cgroup.service", "cgroup.service", ""},
		{"/a.slice/__a.service", "_a.service", ""},
		{"/_a.slice/a.service", "a.service", ""},
		{"/a.slice/_.service", "", ""},
	};

	paths_check(cases, COUNT(cases));
}

static void container_is_an_id_or_its_scope(void **state)
{
	static const struct path_case cases[] = {
		{"/" ID, "", SHOWN},
		{"/docker/" ID, "", SHOWN},
		{"/docker/" ID "/", "", SHOWN},
		{"/docker/" ID "/init.scope", "", SHOWN},
		{"/kubepods/burstable/pod12-34/" ID, "", SHOWN},
		{"/system.slice/docker-" ID ".scope", "docker-" ID ".scope", SHOWN},
		{"/kubepods.slice/kubepods-burstable.slice/cri-containerd-" ID ".scope",
		 "cri-containerd-" ID ".scope", SHOWN},
		{"/kubepods.slice/crio-" ID ".scope", "crio-" ID ".scope", SHOWN},
		{"/machine.slice/libpod-" ID ".scope/container", "libpod-" ID ".scope", SHOWN},
	};

	paths_check(cases, COUNT(cases));
}

/* Whoever has a cgroup delegated can name those below it as they like, but not those above. */
static void outermost_names_win(void **state)
{
	static const struct path_case cases[] = {
		{"/docker/" ID "/docker/" OTHER, "", SHOWN},
		{"/docker/" ID "/docker/" OTHER "/a", "", SHOWN},
		{"/docker/" ID "/kubelet.slice/cri-containerd-" OTHER ".scope", "", SHOWN},
		{"/system.slice/docker-" ID ".scope/system.slice/docker-" OTHER ".scope",
		 "docker-" ID ".scope", SHOWN},
		{"/system.slice/docker-" ID ".scope/system.slice/nginx.service",
		 "docker-" ID ".scope", SHOWN},
		{"/user.slice/user-1000.slice/user@1000.service/system.slice/nginx.service",
		 "user@1000.service", ""},
		{"/user.slice/user-1000.slice/user@1000.service/nginx.service", "user@1000.service",
		 ""},
		/* A rootless container's, and so anybody's, where none is above it. */
		{"/user.slice/user-1000.slice/user@1000.service/user.slice/libpod-" ID
		 ".scope/libpod-" OTHER ".scope",
		 "user@1000.service", SHOWN},
	};

	paths_check(cases, COUNT(cases));
}

static void container_is_nothing_else(void **state)
{
	static const struct path_case cases[] = {
		{"/docker", "", ""},
		{"/docker/0" ID, "", ""},
		{"/docker/" SHOWN, "", ""},
		{"/docker/g123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef", "",
		 ""},
		{"/docker/A123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef", "",
		 ""},
		{"/docker-" ID, "", ""},
		{"/system.slice/" ID ".scope", ID ".scope", ""},
		{"/system.slice/docker-.scope", "docker-.scope", ""},
		{"/system.slice/other-" ID ".scope", "other-" ID ".scope", ""},
		{"/system.slice/docker-" ID ".service", "docker-" ID ".service", ""},
		{"/system.slice/docker-docker-" ID ".scope", "docker-docker-" ID ".scope", ""},
		/* What looks after a container is not in it. */
		{"/machine.slice/libpod-conmon-" ID ".scope", "libpod-conmon-" ID ".scope", ""},
		{"/system.slice/crio-conmon-" ID ".scope", "crio-conmon-" ID ".scope", ""},
	};

	paths_check(cases, COUNT(cases));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(no_path_has_no_names),
		cmocka_unit_test(unit_follows_the_slices),
		cmocka_unit_test(unit_has_a_valid_name),
		cmocka_unit_test(container_is_an_id_or_its_scope),
		cmocka_unit_test(container_is_nothing_else),
		cmocka_unit_test(outermost_names_win),
	};

	return cmocka_run_group_tests_name("cgroup_path", tests, NULL, NULL);
}
