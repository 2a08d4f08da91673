#!/usr/bin/env python3
"""Writes src/base/safe_table.c: the code points that may be shown as they are, with their cells.

Usage: tests/tools/safe-table.py > src/base/safe_table.c
The Unicode version is the one of this Python; the committed table names it.
"""
import unicodedata as u

# Printable by category, and yet blank, invisible, or drawn into what stands before it, so that the
# cells taken depend on the terminal.
SPELT = {0xAD, 0x115F, 0x2800, 0x3164, 0xFFA0, 0xFFFC, 0x1D159}
SPELT |= set(range(0x1160, 0x1200)) | set(range(0xD7B0, 0xD800))  # Hangul vowels, finals
SPELT |= set(range(0x1F1E6, 0x1F200))  # regional indicators: two make one flag
SPELT |= set(range(0x1F3FB, 0x1F400))  # skin tones
SPELT |= set(range(0x3248, 0x3250)) | set(range(0x4DC0, 0x4E00))  # libraries disagree: 1 or 2


def cells(cp):
    ch = chr(cp)
    if cp == 0x20:
        return 1
    if cp in SPELT or u.category(ch)[0] in "CMZ":
        return 0
    return 2 if u.east_asian_width(ch) in "WF" else 1


rows, first = [], 0
for cp in range(1, 0x110001):
    if cp == 0x110000 or cells(cp) != cells(first):
        if cells(first):
            rows.append((first, cp - 1, cells(first)))
        first = cp

print(f"""/*
 * Written by tests/tools/safe-table.py from Unicode {u.unidata_version}; not edited by hand.
 * What stands in no range is spelt out. Wide is East Asian Width W or F, which covers every emoji
 * of emoji presentation but the regional indicators.
 */
#include "config.h"

#include "base/safe_table.h"

/* clang-format off */
const struct safe_range safe_table[] = {{""")
texts = ["{0x%x, 0x%x, %d}," % r for r in rows]
line = "\t"
for t in texts:
    if len(line) + len(t) + 1 > 90:
        print(line.rstrip())
        line = "\t"
    line += t + " "
print(line.rstrip())
print("""};
/* clang-format on */

const size_t safe_table_count = sizeof safe_table / sizeof *safe_table;""")
