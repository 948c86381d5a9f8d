/* SPDX-License-Identifier: Apache-2.0 */
#include "system/terminal.h"

#include <errno.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "base/diag.h"

static int sequence_write(const char *sequence, size_t len)
{
	return write(STDOUT_FILENO, sequence, len) < 0 ? -errno : 0;
}

#define WRITE(literal) sequence_write((literal), sizeof(literal) - 1)

int terminal_open(struct terminal *terminal, struct diag *diag)
{
	struct termios raw;
	int err = 0;

	if (!isatty(STDOUT_FILENO) || tcgetattr(STDIN_FILENO, &terminal->before))
		return diag_set(diag, -ENOTTY, "stdin and stdout must be a terminal");
	raw = terminal->before;
	/* Also ^C and ^Z come as keys, so that nothing ends or stops it in the middle. */
	raw.c_lflag &= ~(ICANON | ECHO | ISIG | IEXTEN);
	raw.c_cc[VMIN] = 1;
	raw.c_cc[VTIME] = 0;
	if (tcsetattr(STDIN_FILENO, TCSADRAIN, &raw))
		return diag_errno(diag, -errno, "setting the terminal");
	terminal->is_open = true;
	/* The alternate screen, without a cursor, and without wrapping. */
	err = WRITE("\033[?1049h\033[?25l\033[?7l\033[2J");
	return err ? diag_errno(diag, err, "writing to the terminal") : 0;
}

void terminal_close(struct terminal *terminal)
{
	if (!terminal->is_open)
		return;
	terminal->is_open = false;
	WRITE("\033[?7h\033[?25h\033[?1049l");
	tcsetattr(STDIN_FILENO, TCSADRAIN, &terminal->before);
}

void terminal_size(size_t *rows, size_t *columns)
{
	struct winsize size;

	if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size))
		size = (struct winsize){0};
	*rows = size.ws_row ? size.ws_row : 24;
	*columns = size.ws_col ? size.ws_col : 80;
}
