/* SPDX-License-Identifier: GPL-2.0 OR Apache-2.0 */
/* The filters with what they need, for a program that has only these (tests/model). */
#include "filter.h"
#include "sockets.h"
