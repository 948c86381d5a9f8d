/* SPDX-License-Identifier: Apache-2.0 */
#include "unit.h"

#include <string.h>

#include "system/cgroup_path.h"

#define ID    "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
#define OTHER "fedcba98765432100123456789abcdef0123456789abcdef0123456789abcdef"
#define SHOWN "0123456789ab"

struct path_case {
	const char *path;
	const char *unit; /* "": none */
	const char *container;
	const char *pod; /* NULL: none */
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
		part_assert(&cases[i], &names.pod, cases[i].pod ? cases[i].pod : "");
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
	assert_int_equal(names.pod.len, 0);
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

static void unit_has_a_short_name(void **state)
{
	static const struct {
		const char *path, *want;
	} cases[] = {
		{"/system.slice/docker-" ID ".scope", "docker-" SHOWN "*.scope"},
		{"/machine.slice/libpod-conmon-" ID ".scope", "libpod-conmon-" SHOWN "*.scope"},
		{"/" ID ".service", SHOWN "*.service"},
		{"/system.slice/nginx.service", "nginx.service"},
		{"/system.slice/abcdef0123456789.service", "abcdef0123456789.service"},
		{"/docker/" ID, ""},
	};

	for (size_t i = 0; i < COUNT(cases); i++) {
		const struct path_case shown = {.path = cases[i].path};
		struct cgroup_names names;

		cgroup_names_read(&names, cases[i].path);
		part_assert(&shown, &names.unit_short, cases[i].want);
	}
}

#define POD	 "01234567-89ab-cdef-0123-456789abcdef"
#define POD_UNIT "01234567_89ab_cdef_0123_456789abcdef"
#define HASH	 "0123456789abcdef0123456789abcdef"

/* By the engines' two ways of making cgroups: through systemd, or by themselves. */
static void engines_have_forms_of_their_own(void **state)
{
	static const struct path_case cases[] = {
		{"/default/" ID, "", SHOWN},
		{"/system.slice/nerdctl-" ID ".scope", "nerdctl-" ID ".scope", SHOWN},
		{"/libpod_parent/libpod-" ID, "", SHOWN},
		{"/machine.slice/machine-libpod_pod_" OTHER ".slice/libpod-" ID ".scope",
		 "libpod-" ID ".scope", SHOWN},
		/* podman run --cgroups=split, and Quadlet */
		{"/system.slice/web.service/libpod-payload-" ID, "web.service", SHOWN},
		{"/kubepods/besteffort/pod" POD "/" ID, "", SHOWN, POD},
		{"/kubepods/pod" POD "/crio-" ID, "", SHOWN, POD},
		{"/kubepods/burstable/pod" HASH "/" ID, "", SHOWN, HASH},
		{"/kubepods.slice/kubepods-burstable.slice/kubepods-burstable-pod" POD_UNIT
		 ".slice/cri-containerd-" ID ".scope",
		 "cri-containerd-" ID ".scope", SHOWN, POD},
		{"/kubepods.slice/kubepods-pod" POD_UNIT ".slice/crio-" ID ".scope/container",
		 "crio-" ID ".scope", SHOWN, POD},
		{"/kubepods.slice/kubepods-pod" POD_UNIT ".slice/docker-" ID ".scope",
		 "docker-" ID ".scope", SHOWN, POD},
		/* containerd that takes systemd's names for paths */
		{"/system.slice/containerd.service/kubepods-burstable-pod" POD_UNIT
		 ".slice:cri-containerd:" ID,
		 "containerd.service", SHOWN, POD},
		/* kind: Kubernetes in a container of Docker, which is the outermost */
		{"/docker/" OTHER "/kubelet/kubepods/pod" POD "/" ID, "", "fedcba987654"},
		{"/lxc.payload.web-1", "", "web-1"},
		{"/lxc.payload.web_1/system.slice/nginx.service", "", "web_1"},
		{"/lxc/100/ns/system.slice/nginx.service", "", "100"},
		{"/machine.slice/systemd-nspawn@debian-13.service/payload/system.slice/a.service",
		 "systemd-nspawn@debian-13.service", "debian-13"},
		{"/machine.slice/machine-debian\\x2d13.scope/payload",
		 "machine-debian\\x2d13.scope", "debian-13"},
	};

	paths_check(cases, COUNT(cases));
}

static void pod_is_of_kubernetes(void **state)
{
	static const struct path_case cases[] = {
		{"/pod" POD "/" ID, "", SHOWN},
		{"/kubepods/pod" POD "0/" ID, "", SHOWN},
		{"/kubepods/pod0" POD "/" ID, "", SHOWN},
		{"/kubepods/pod01234567-89AB-cdef-0123-456789abcdef/" ID, "", SHOWN},
		{"/kubepods/burstable", "", ""},
		{"/kubepods/pod", "", ""},
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
		{"/system.slice/" ID ".scope", ID ".scope", ""},
		{"/system.slice/docker-.scope", "docker-.scope", ""},
		{"/system.slice/other-" ID ".scope", "other-" ID ".scope", ""},
		{"/system.slice/docker-" ID ".service", "docker-" ID ".service", ""},
		{"/system.slice/docker-docker-" ID ".scope", "docker-docker-" ID ".scope", ""},
		/* What looks after a container is not in it. */
		{"/machine.slice/libpod-conmon-" ID ".scope", "libpod-conmon-" ID ".scope", ""},
		{"/system.slice/crio-conmon-" ID ".scope", "crio-conmon-" ID ".scope", ""},
		{"/system.slice/web.service/libpod-conmon-" ID, "web.service", ""},
		{"/lxc.monitor.web", "", ""},
		{"/machine.slice/systemd-nspawn@web.service/supervisor",
		 "systemd-nspawn@web.service", ""},
		/* A virtual machine, a pod, a health check. */
		{"/machine.slice/machine-qemu\\x2d1\\x2dweb.scope/libvirt/emulator",
		 "machine-qemu\\x2d1\\x2dweb.scope", ""},
		{"/machine.slice/machine-libpod_pod_" ID ".slice", "", ""},
		{"/system.slice/" ID "-1a2b3c4d.service", ID "-1a2b3c4d.service", ""},
		/* No name that needs an escape, nor one that is too long. */
		{"/lxc.payload.a b", "", ""},
		{"/lxc.payload.", "", ""},
		{"/lxc.payload.\\x1b", "", ""},
		{"/lxc.payload." ID "0", "", ""},
		{"/a/lxc/web", "", ""},
	};

	paths_check(cases, COUNT(cases));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(no_path_has_no_names),
		cmocka_unit_test(unit_follows_the_slices),
		cmocka_unit_test(unit_has_a_valid_name),
		cmocka_unit_test(unit_has_a_short_name),
		cmocka_unit_test(container_is_an_id_or_its_scope),
		cmocka_unit_test(container_is_nothing_else),
		cmocka_unit_test(engines_have_forms_of_their_own),
		cmocka_unit_test(pod_is_of_kubernetes),
		cmocka_unit_test(outermost_names_win),
	};

	return cmocka_run_group_tests_name("cgroup_path", tests, NULL, NULL);
}
