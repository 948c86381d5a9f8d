/* SPDX-License-Identifier: GPL-2.0 OR Apache-2.0 */
/* Empty: the program text declares all it uses. libbcc insists on this file. */
