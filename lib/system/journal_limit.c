/* SPDX-License-Identifier: Apache-2.0 */
#include "system/journal_limit.h"

#include <ctype.h>
#include <glob.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/diag.h"
#include "base/text.h"
#include "system/cgroup_path.h"
#include "system/command.h"

#define SOCKET	     "/run/systemd/journal/socket"
#define NAMESPACES   "/run/systemd/journal.*/socket"
#define UNIT_SETTING "/run/systemd/units/log-rate-limit-%s:%s" /* a link to the number */
#define ANALYZE	     "/usr/bin/systemd-analyze"

/* journald's own, src/journal/journald-server.c: DEFAULT_RATE_LIMIT_INTERVAL, ..._BURST */
#define DEFAULT_INTERVAL "30s"
#define DEFAULT_BURST	 "10000"

/* The unit of this process, as journald takes it from its cgroup, or an empty name. */
static void unit_find(char unit[256])
{
	FILE *file = fopen("/proc/self/cgroup", "re");
	struct cgroup_names names;
	char *line = NULL;
	size_t room = 0;

	unit[0] = '\0';
	/* HIERARCHY:CONTROLLERS:PATH; systemd's are version 2's, and before that one by name. */
	while (file && !unit[0] && getline(&line, &room, file) > 0) {
		const char *path = strchr(line, '/');

		if (!path || (strncmp(line, "0::", 3) && !strstr(line, ":name=systemd:")))
			continue;
		line[strcspn(line, "\n")] = '\0';
		cgroup_names_read(&names, path);
		snprintf(unit, 256, "%.*s", (int)names.unit.len, names.unit.bytes);
	}
	free(line);
	if (file)
		fclose(file);
}

/* In a journal namespace its own socket is mounted over the usual one. */
static void namespace_find(char namespace[256])
{
	struct stat own, other;
	glob_t found = {0};

	namespace[0] = '\0';
	if (stat(SOCKET, &own) || glob(NAMESPACES, 0, NULL, &found))
		return;
	for (size_t i = 0; i < found.gl_pathc; i++) {
		const char *name = strchr(found.gl_pathv[i], '.') + 1;

		if (!stat(found.gl_pathv[i], &other) && own.st_dev == other.st_dev &&
		    own.st_ino == other.st_ino)
			snprintf(namespace, 256, "%.*s", (int)strcspn(name, "/"), name);
	}
	globfree(&found);
}

/* A setting of the unit, which the service manager leaves for journald. */
static bool unit_setting_read(const char *unit, const char *what, unsigned long long *value)
{
	char path[512], number[32];
	ssize_t len;

	snprintf(path, sizeof(path), UNIT_SETTING, what, unit);
	len = readlink(path, number, sizeof(number) - 1);
	if (len <= 0)
		return false;
	number[len] = '\0';
	*value = strtoull(number, NULL, 10);
	return true;
}

/* Returns the value if the line sets the variable, or NULL. */
static const char *value_of(const char *line, const char *variable)
{
	size_t len = strlen(variable);

	if (strncmp(line, variable, len))
		return NULL;
	line += len;
	line += strspn(line, " \t");
	return *line == '=' ? line + 1 + strspn(line + 1, " \t") : NULL;
}

/* An empty value is the default. */
static void setting_set(char setting[64], const char *value, const char *usual)
{
	snprintf(setting, 64, "%s", *value ? value : usual);
}

void journal_limit_parse(struct journal_limit *limit, const char *text)
{
	bool in_journal = false;

	for (size_t len; *text; text += len + (text[len] == '\n')) {
		const char *interval, *burst;
		char line[256];

		len = strcspn(text, "\n");
		snprintf(line, sizeof(line), "%.*s", (int)len, text);
		for (size_t end = strlen(line); end && isspace(line[end - 1]); end--)
			line[end - 1] = '\0';
		if (line[0] == '[')
			in_journal = !strcmp(line, "[Journal]");
		if (!in_journal)
			continue;
		interval = value_of(line, "RateLimitIntervalSec");
		if (!interval)
			interval = value_of(line, "RateLimitInterval"); /* before systemd 230 */
		burst = value_of(line, "RateLimitBurst");
		if (interval)
			setting_set(limit->interval, interval, DEFAULT_INTERVAL);
		if (burst)
			setting_set(limit->burst, burst, DEFAULT_BURST);
	}
}

bool journal_limit_holds(const struct journal_limit *limit)
{
	return strtod(limit->interval, NULL) > 0 && strtod(limit->burst, NULL) > 0;
}

static void text_collect(void *arg, const char *bytes, size_t len)
{
	text_bytes(arg, bytes, len);
}

/* Of the host, as systemd merges them; without systemd-analyze, journald's own. */
static void settings_read(struct journal_limit *limit)
{
	char file[300];
	char *const argv[] = {ANALYZE, "--no-pager", "cat-config", file, NULL};
	_cleanup_text_ struct text text = {0};
	struct diag unread;

	setting_set(limit->interval, "", DEFAULT_INTERVAL);
	setting_set(limit->burst, "", DEFAULT_BURST);
	snprintf(file, sizeof(file), "systemd/journald%s%s.conf", limit->namespace[0] ? "@" : "",
		 limit->namespace);
	if (!command_run(argv, text_collect, &text, &unread) && text.data)
		journal_limit_parse(limit, text.data);
}

/* The unit's own settings come before those of the host. */
static bool limit_read(struct journal_limit *limit)
{
	unsigned long long interval_us, burst;
	bool has_interval = unit_setting_read(limit->unit, "interval", &interval_us);
	bool has_burst = unit_setting_read(limit->unit, "burst", &burst);

	if (has_interval && interval_us <= 1) /* the unit has lifted the limit */
		return false;
	if (!has_interval || !has_burst)
		settings_read(limit);
	if (has_interval)
		snprintf(limit->interval, sizeof(limit->interval), "%gs", interval_us / 1e6);
	if (has_burst)
		snprintf(limit->burst, sizeof(limit->burst), "%llu", burst);
	return journal_limit_holds(limit);
}

bool journal_limit_find(struct journal_limit *limit, struct diag *diag)
{
	const char *type;

	*limit = (struct journal_limit){0};
	unit_find(limit->unit);
	if (!limit->unit[0])
		return false;
	namespace_find(limit->namespace);
	if (!limit_read(limit))
		return false;
	diag_set(diag, 0, "journald may drop entries of %s beyond %s in %s", limit->unit,
		 limit->burst, limit->interval);
	type = strrchr(limit->unit, '.');
	if (!strcmp(type, ".service"))
		diag_hint(diag, "LogRateLimitIntervalSec=1us in the unit lifts the limit");
	else
		diag_hint(diag, "`systemd-run --pty -p LogRateLimitIntervalSec=1us` before the "
				"command lifts the limit");
	return true;
}
