/* SPDX-License-Identifier: Apache-2.0 */
/* Events as lines: in columns, wide columns, or as comma-separated values. */
#ifndef LINES_H
#define LINES_H

#include "output/format.h"

void line_header(struct line_format *format, struct text *text);
void line_event(struct line_format *format, const struct event *event, struct text *text);

#endif
