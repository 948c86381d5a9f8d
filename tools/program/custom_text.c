/* SPDX-License-Identifier: Apache-2.0 */
#include "program/custom_text.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/diag.h"
#include "program/bpf_text.h"
#include "program/probe.h"
#include "program/program.h"

#define READ_SIZE 65536

static int begin_refused(const char *path, const char *what, struct diag *diag)
{
	diag_set(diag, -EINVAL, "--bpf-text: %s: %s", path, what);
	diag_hint(diag, "start with the output of --ebpf");
	return -EINVAL;
}

static int fd_read(int fd, const char *path, struct text *text, struct diag *diag)
{
	struct stat st;

	if (fd < 0 || fstat(fd, &st))
		return diag_errno(diag, -errno, "--bpf-text: %s", path);
	/* Reading a device may block, or have an effect. */
	if (!S_ISREG(st.st_mode) && !S_ISFIFO(st.st_mode))
		return diag_set(diag, -EINVAL, "--bpf-text: %s: neither a file nor a pipe", path);
	for (;;) {
		char *at = text_reserve(text, READ_SIZE);
		ssize_t got = at ? read(fd, at, READ_SIZE) : -1;

		if (!at)
			return diag_errno(diag, text->err, "--bpf-text: %s", path);
		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return diag_errno(diag, -errno, "--bpf-text: %s", path);
		text_commit(text, at + got);
		if (text->len > CUSTOM_TEXT_MAX)
			return diag_set(diag, -EFBIG, "--bpf-text: %s: more than 1 MiB", path);
		if (!got)
			return 0;
	}
}

/* Returns the probe that the first line names, or NULL: it is not of this version. */
static const char *first_line_probe(const struct text *text)
{
	const char *name;

	for (size_t i = 0; (name = probe_kind_name(i)); i++) {
		_cleanup_text_ struct text line = {0};

		text_printf(&line, PROGRAM_FIRST_LINE, name);
		if (!line.err && !strncmp(text->data, line.data, line.len))
			return name;
	}
	return NULL;
}

int custom_text_read(struct custom_text *custom, const char *path, struct diag *diag)
{
	bool is_stdin = !strcmp(path, "-");
	int fd = is_stdin ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY), err;
	const char *nul;

	*custom = (struct custom_text){.path = path};
	err = fd_read(fd, path, &custom->text, diag);
	if (fd >= 0 && !is_stdin)
		close(fd);
	if (err)
		return err;
	if (!custom->text.len)
		return begin_refused(path, "it is empty", diag);
	nul = memchr(custom->text.data, '\0', custom->text.len);
	if (nul)
		return diag_set(diag, -EINVAL, "--bpf-text: %s: not a text: byte %zu is NUL", path,
				nul - custom->text.data + 1);
	custom->probe = first_line_probe(&custom->text);
	if (!custom->probe)
		return begin_refused(path,
				     "the first line is not '/* tcpstates " VERSION
				     ", probe NAME */'",
				     diag);
	if (!strstr(custom->text.data, bpf_text_wire))
		return begin_refused(path, "struct event is not that of this version", diag);
	custom->kernel_headers = strstr(custom->text.data, PROGRAM_KERNEL_HEADERS);
	return 0;
}

void custom_text_free(struct custom_text *custom)
{
	text_free(&custom->text);
}

/* Returns the source from its map of sockets on (bpf_text/sockets.h); the filters precede it. */
static const char *source_tail(const struct source *source)
{
	return strstr(source->body, "/* The table of sockets:");
}

/* Where that begins in the text, if it is as it was printed, or NULL. */
static const char *tail_unchanged(const struct custom_text *custom)
{
	const struct text *text = &custom->text;
	const char *tail;
	struct probe probe;

	probe_assume(&probe, custom->probe);
	tail = source_tail(&probe.source);
	if (text->len < strlen(tail) || strcmp(text->data + text->len - strlen(tail), tail))
		return NULL;
	return text->data + text->len - strlen(tail);
}

bool custom_text_is_own(const struct custom_text *custom)
{
	return tail_unchanged(custom);
}

int custom_text_scan(const struct custom_text *custom, const struct program_spec *spec,
		     struct custom_text *made, struct diag *diag)
{
	_cleanup_text_ struct text offsets = {0}, missing = {0};
	const char *macros = strchr(custom->text.data, '\n') + 1;
	struct text *text = &made->text;
	int err;

	*made = (struct custom_text){.path = custom->path,
				     .kernel_headers = custom->kernel_headers};
	err = source_render_offsets(&source_scan, program_needs(spec), &offsets, &missing, diag);
	if (err)
		return err;
	text_printf(text, PROGRAM_FIRST_LINE, source_scan.name);
	text_str(text, offsets.err ? "" : offsets.data); /* some are then defined twice */
	text_bytes(text, macros, tail_unchanged(custom) - macros);
	text_str(text, source_tail(&source_scan));
	return offsets.err || text->err ? diag_errno(diag, -ENOMEM, "the program text") : 0;
}

/* Whether the text has the macros of these optional members. */
static bool has_optionals(const struct custom_text *custom, unsigned int optionals)
{
	_cleanup_text_ struct text macros = {0};
	struct event_layout layout;

	event_layout_init(&layout, optionals);
	event_layout_render(&layout, &macros);
	return !macros.err && macros.len && strstr(custom->text.data, macros.data);
}

/* Those with a macro of their own; the others are fields of the socket. */
static const unsigned int with_macro[] = {1U << OPTIONAL_AGE,	 1U << OPTIONAL_OWNER,
					  1U << OPTIONAL_PID_NS, 1U << OPTIONAL_EXE,
					  1U << OPTIONAL_CLOSE,	 1U << OPTIONAL_SESSION};

void custom_text_fit(const struct custom_text *custom, unsigned int shown,
		     struct program_spec *spec)
{
	unsigned int sent = socket_fields_find(custom->text.data);

	spec->text = custom;
	spec->netns = strstr(custom->text.data, OFFSETS_NETNS);
	spec->mptcp = strstr(custom->text.data, OFFSETS_MPTCP);
	for (size_t i = 0; i < sizeof(with_macro) / sizeof(*with_macro); i++)
		if (has_optionals(custom, with_macro[i]))
			sent |= with_macro[i];
	event_layout_init(&spec->layout, sent | shown);
}

/* An additional or missing member would shift the ones behind it. */
static bool same_optionals(const struct custom_text *custom, unsigned int wanted)
{
	for (size_t i = 0; i < sizeof(with_macro) / sizeof(*with_macro); i++) {
		if (has_optionals(custom, with_macro[i]) != !!(wanted & with_macro[i]))
			return false;
		wanted &= ~with_macro[i];
	}
	return socket_fields_are_wanted(wanted)
		       ? has_optionals(custom, wanted)
		       : !strstr(custom->text.data, "#define EVENT_SOCKET_FIELDS");
}

/* The key and the limit are those of --by and --max-keys. */
static bool same_groups(const struct custom_text *custom, const struct group_by *by)
{
	_cleanup_text_ struct text macros = {0};

	group_by_render(by, &macros);
	if (!by->count)
		return !strstr(custom->text.data, GROUPS_MACRO);
	return !macros.err && strstr(custom->text.data, macros.data);
}

int custom_text_check(const struct program_spec *spec, struct diag *diag)
{
	const struct custom_text *custom = spec->text;
	const char *text = custom->text.data, *path = custom->path;

	if (spec->probe && strcmp(spec->probe, custom->probe))
		return diag_set(diag, -EINVAL,
				"--bpf-text: %s is a program for the probe %s, not %s", path,
				custom->probe, spec->probe);
	if (spec->kernel_headers && !custom->kernel_headers)
		return diag_set(diag, -EINVAL,
				"--bpf-text: %s does not use kernel headers: it cannot be "
				"combined with --kernel-headers",
				path);
	if (!strstr(text, PROGRAM_SUMMARY) == spec->summary)
		return diag_set(diag, -EINVAL,
				"--bpf-text: %s was printed %s --summary: run it the same way",
				path, spec->summary ? "without" : "with");
	if (!strstr(text, PROGRAM_SESSIONS) == spec->sessions)
		return diag_set(diag, -EINVAL,
				"--bpf-text: %s was printed %s --sessions: run it the same way",
				path, spec->sessions ? "without" : "with");
	if (!same_groups(custom, &spec->by))
		return diag_set(diag, -EINVAL,
				"--bpf-text: %s was not printed with the same --by and --max-keys: "
				"run it the same way",
				path);
	if (spec->stuck && !strstr(text, PROGRAM_STUCK))
		return diag_set(diag, -EINVAL,
				"--bpf-text: %s was printed without --stuck: run it the same way",
				path);
	if (spec->stuck && !custom_text_is_own(custom))
		return diag_set(diag, -EINVAL,
				"--bpf-text: %s has another map of sockets: --stuck requires ours",
				path);
	if (!same_optionals(custom, spec->layout.wanted))
		return diag_set(diag, -EINVAL,
				"--bpf-text: %s was printed without some of these fields: use the "
				"same -o/--output and -x/--extended",
				path);
	return 0;
}

int custom_text_check_offsets(const struct custom_text *custom, const char *offsets,
			      struct diag *diag)
{
	if (strstr(custom->text.data, offsets))
		return 0;
	return begin_refused(custom->path, "its offsets are not those of this kernel", diag);
}
