/* SPDX-License-Identifier: Apache-2.0 */
#include "compile/kernel_id.h"

#include <elf.h>
#include <fcntl.h>
#include <string.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "base/text.h"

#define NOTES	      "/sys/kernel/notes"
#define NOTES_MAX     4096
#define NOTE_ALIGN(n) (((size_t)(n) + 3) & ~(size_t)3)

size_t kernel_build_id(const char *notes, size_t len, const char **id)
{
	Elf64_Nhdr note;

	while (len >= sizeof(note)) {
		size_t desc, end;

		memcpy(&note, notes, sizeof(note));
		desc = sizeof(note) + NOTE_ALIGN(note.n_namesz);
		end = desc + NOTE_ALIGN(note.n_descsz);
		if (end > len)
			return 0;
		if (note.n_type == NT_GNU_BUILD_ID && note.n_namesz == sizeof(ELF_NOTE_GNU) &&
		    !memcmp(notes + sizeof(note), ELF_NOTE_GNU, sizeof(ELF_NOTE_GNU))) {
			*id = notes + desc;
			return note.n_descsz;
		}
		notes += end;
		len -= end;
	}
	return 0;
}

/* Not all of the notes: some hold addresses, which change from boot to boot. */
void kernel_id_render(struct text *text)
{
	char notes[NOTES_MAX];
	struct utsname name;
	const char *id = "";
	ssize_t len = -1;
	int fd = open(NOTES, O_RDONLY | O_CLOEXEC);

	if (fd >= 0) {
		len = read(fd, notes, sizeof(notes));
		close(fd);
	}
	uname(&name);
	text_printf(text, "%s\n%s\n%s\n", name.release, name.version, name.machine);
	len = len > 0 ? kernel_build_id(notes, len, &id) : 0;
	for (ssize_t i = 0; i < len; i++)
		text_printf(text, "%02x", (unsigned char)id[i]);
}
